/** The sections of ragmeter.yaml about alerts: thresholds, single alerts, budgets, objectives, notifiers, and where links lead. */
import { readFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { DEFAULT_CONFIGURATION, parseOpsConfiguration } from '@ragmeter/ops'
import type { ConfigurationIssue, OpsConfiguration } from '@ragmeter/ops'
import { ConfigError } from './config-error.ts'
import type { ConfigFile } from './config-file.ts'
import { parseNotifiers } from './lib/notifier-configuration.ts'
import type { NotifierConfiguration } from './lib/notifier-configuration.ts'

const ISSUES_SHOWN = 10

/** Sections, in the order of the reference page. They can be stated in the file only. */
export const SECTIONS = [
  { name: 'thresholds', doc: 'The numbers that alerts compare with, by key.' },
  {
    name: 'alerts',
    doc: 'Changes to single alerts, by name: `enabled`, `severity`, `forMinutes`, `keepFiringMinutes`.',
  },
  {
    name: 'budgets',
    doc: 'How much may be spent in a day, a week or a month, in all or by service, provider or org.',
  },
  { name: 'slos', doc: 'Service level objectives; they replace the default ones.' },
  { name: 'notifiers', doc: 'Who is told of alerts.' },
  {
    name: 'links',
    doc: 'Where the links of an alert lead: `runbooks`, `grafana`, `ragmeter` (the address on which the daemon listens).',
  },
] as const

export interface AlertingConfiguration {
  readonly ops: OpsConfiguration
  readonly notifiers: readonly NotifierConfiguration[]
}

export interface SectionSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Stands for `~`. */
  readonly homeDirectory: string
}

/** @throws ConfigError that names every section that is wrong, and says how to correct it */
export function readSections(file: ConfigFile | undefined, sources: SectionSources): AlertingConfiguration {
  if (file === undefined) return { ops: DEFAULT_CONFIGURATION, notifiers: [] }
  const stated = Object.fromEntries(
    SECTIONS.flatMap(({ name }) => {
      const value = file.values[name]
      return value === undefined || value === null ? [] : [[name, value] as const]
    }),
  )
  const { notifiers: statedNotifiers, ...sections } = stated
  const { configuration, issues } = parseOpsConfiguration(sections)
  const all: ConfigurationIssue[] = [...issues]
  const notifiers = parseNotifiers(statedNotifiers, all, {
    environment: sources.environment,
    readFile: (path) => readFileSync(absolutePath(path, file.folder, sources.homeDirectory), 'utf8'),
  })
  if (all.length > 0) throw issuesError(file.path, all)
  return { ops: configuration, notifiers }
}

function absolutePath(path: string, folder: string, homeDirectory: string): string {
  if (path.startsWith('~/')) return join(homeDirectory, path.slice(2))
  return isAbsolute(path) ? path : resolve(folder, path)
}

function issuesError(path: string, issues: readonly ConfigurationIssue[]): ConfigError {
  const shown = issues.slice(0, ISSUES_SHOWN)
  const more = issues.length - shown.length
  const message = shown.map((issue) => `${issue.path} ${issue.problem}`).join('; ')
  const hint = shown.map((issue) => `${issue.path}: ${issue.remedy}`).join('; ')
  return new ConfigError(
    `${path}: ${message}${more > 0 ? `; and ${more} more` : ''}.`,
    `${hint}. See docs/reference/config.md.`,
  )
}
