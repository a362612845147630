/** Rule files of Prometheus: groups of recording and alert rules, and their text. */
import { stringify } from 'yaml'

export interface RecordingRule {
  readonly record: string
  readonly expr: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

export interface RuleGroup {
  readonly name: string
  readonly interval: string
  readonly rules: readonly (RecordingRule | AlertRule)[]
}

/**
 * The text of a rule file.
 * @param heading what the file is, one sentence
 */
export function renderRuleFile(heading: string, groups: readonly RuleGroup[]): string {
  return `${generatedHeading(heading)}${stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false })}`
}

/** The first lines of every generated YAML file. */
export function generatedHeading(heading: string): string {
  return `# ${heading}\n# Generated from packages/ops: change it there, then \`npm run ops\`.\n`
}
