/** What an operator changes about single alerts: the section `alerts` of ragmeter.yaml, by the names of alerts. */
import { SEVERITIES } from '../alerts/specification.ts'
import type { DescribedAlert, Severity } from '../alerts/specification.ts'
import { SectionReader } from './section-reader.ts'
import type { ConfigurationIssue } from './section-reader.ts'

const MINUTES_MAX = 7 * 1440

/** What is not stated stays as the catalogue has it. */
export interface AlertChoice {
  /** False: it is in no rules, and the daemon does not evaluate it. */
  readonly enabled?: boolean
  readonly severity?: Severity
  readonly forMinutes?: number
  readonly keepFiringMinutes?: number
}

export type AlertChoices = Readonly<Record<string, AlertChoice>>

/** The alerts as chosen, without those that are switched off. */
export function chosenAlerts<Alert extends DescribedAlert>(
  alerts: readonly Alert[],
  choices: AlertChoices,
): readonly Alert[] {
  return alerts.flatMap((alert) => {
    const { enabled = true, ...changes } = choices[alert.name] ?? {}
    return enabled ? [{ ...alert, ...changes }] : []
  })
}

/** @param known names of all alerts */
export function parseAlertChoices(
  value: unknown,
  known: ReadonlySet<string>,
  issues: ConfigurationIssue[],
): AlertChoices {
  const section = SectionReader.of('alerts', value, issues)
  return Object.fromEntries(
    section.keys.flatMap((name) => {
      if (known.has(name)) return [[name, readChoice(section.object(name))]]
      section.complain(name, 'is no alert', 'docs/runbooks/README.md has the names of all')
      return []
    }),
  )
}

function readChoice(reader: SectionReader): AlertChoice {
  const choice = {
    enabled: reader.boolean('enabled'),
    severity: reader.oneOf<Severity>('severity', SEVERITIES),
    forMinutes: reader.wholeNumber('forMinutes', 0, MINUTES_MAX),
    keepFiringMinutes: reader.wholeNumber('keepFiringMinutes', 0, MINUTES_MAX),
  }
  reader.end()
  return Object.fromEntries(Object.entries(choice).filter(([, stated]) => stated !== undefined))
}
