/** The sections of ragmeter.yaml that rules and alerts are made from, as plain objects in, as a configuration out. */
import { enums, findMetric } from '@ragmeter/core'
import { ALERTS } from '../alerts/catalogue/catalogue.ts'
import { LOG_ALERTS } from '../logs/log-alerts.ts'
import { burnRateAlerts } from '../slo/burn-rate-alerts.ts'
import { parseAlertChoices } from './alert-choices.ts'
import { BUDGETS_MAX } from './budgets.ts'
import type { Budget } from './budgets.ts'
import { DEFAULT_CONFIGURATION } from './configuration.ts'
import type { Links, OpsConfiguration } from './configuration.ts'
import { parseSlos } from './parse-slos.ts'
import { readObjects, SectionReader } from './section-reader.ts'
import type { ConfigurationIssue } from './section-reader.ts'
import { DEFAULT_THRESHOLDS, THRESHOLD_TIERS, THRESHOLDS } from './thresholds.ts'
import type { ThresholdDefinition, ThresholdKey, Thresholds } from './thresholds.ts'

/** The sections as read from YAML; a section that is not there keeps its defaults. */
export interface OpsSections {
  readonly thresholds?: unknown
  readonly alerts?: unknown
  readonly slos?: unknown
  readonly budgets?: unknown
  readonly links?: unknown
}

function parseThresholds(value: unknown, issues: ConfigurationIssue[]): Thresholds {
  const reader = SectionReader.of('thresholds', value, issues)
  const stated: Partial<Record<ThresholdKey, number>> = {}
  for (const [name, definition] of Object.entries<ThresholdDefinition>(THRESHOLDS)) {
    const number = reader.number(name, definition.min, definition.max)
    if (number === undefined) continue
    const bounds = (findMetric(definition.bucketOf ?? '')?.buckets ?? []).slice(0, -1)
    if (definition.bucketOf !== undefined && !bounds.includes(number)) {
      // A quantile is known to lie in a bucket, not where in it.
      reader.complain(
        name,
        `${number} is no bucket of ${definition.bucketOf}`,
        `take one of ${bounds.join(', ')}`,
      )
    } else stated[name as ThresholdKey] = number
  }
  reader.end()
  const thresholds = { ...DEFAULT_THRESHOLDS, ...stated }
  return THRESHOLD_TIERS.reduce((ordered, tier) => inOrder(ordered, tier, reader), thresholds)
}

/** The thresholds, with defaults for those of a tier that is not in order. */
function inOrder(thresholds: Thresholds, tier: readonly ThresholdKey[], reader: SectionReader): Thresholds {
  const above = tier.findIndex((key, position) => {
    const next = tier[position + 1]
    return next !== undefined && thresholds[key] > thresholds[next]
  })
  const [low, high] = tier.slice(above)
  if (above === -1 || low === undefined || high === undefined) return thresholds
  // One of the two is stated: the defaults are in order.
  const [name, problem] = reader.has(low)
    ? [low, `is above ${high}, ${thresholds[high]}`]
    : [high, `is below ${low}, ${thresholds[low]}`]
  reader.complain(
    name,
    `is ${thresholds[name]} and ${problem}`,
    `correct it, or change ${low} and ${high} together`,
  )
  return { ...thresholds, ...Object.fromEntries(tier.map((key) => [key, DEFAULT_THRESHOLDS[key]])) }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function readBudget(reader: SectionReader): Budget | undefined {
  const name = reader.filledText('name')
  const limitUsd = reader.number('limitUsd', 0.01, 1e9)
  const period = reader.oneOf('period', enums.BUDGET_PERIODS)
  const timeZone = reader.text('timeZone') ?? 'UTC'
  const scope = Object.fromEntries(
    (['service', 'provider', 'org'] as const).flatMap((key) => {
      const value = reader.filledText(key)
      return value === undefined ? [] : [[key, value]]
    }),
  )
  reader.end()
  if (!isTimeZone(timeZone))
    reader.complain('timeZone', `"${timeZone}" is no time zone`, 'write one such as Europe/Berlin')
  for (const key of ['name', 'limitUsd', 'period']) {
    if (!reader.has(key)) reader.complain(key, 'is missing', 'a budget needs a name, a limit and a period')
  }
  if (name === undefined || limitUsd === undefined || period === undefined || !isTimeZone(timeZone))
    return undefined
  return { name, limitUsd, period, timeZone, ...scope }
}

function parseBudgets(value: unknown, issues: ConfigurationIssue[]): readonly Budget[] {
  const readers = readObjects('budgets', value, issues)
  if (readers.length > BUDGETS_MAX) {
    issues.push({
      path: 'budgets',
      problem: `has ${readers.length} entries`,
      remedy: `keep at most ${BUDGETS_MAX}`,
    })
  }
  const names = new Set<string>()
  return readers.slice(0, BUDGETS_MAX).flatMap((reader) => {
    const budget = readBudget(reader)
    if (budget === undefined) return []
    if (names.has(budget.name)) {
      reader.complain('name', `"${budget.name}" is there twice`, 'give each budget a name of its own')
      return []
    }
    names.add(budget.name)
    return [budget]
  })
}

function parseLinks(value: unknown, issues: ConfigurationIssue[]): Links {
  const reader = SectionReader.of('links', value, issues)
  const link = <Name extends keyof Links>(name: Name): string | Links[Name] => {
    const text = reader.text(name)
    if (text === undefined) return DEFAULT_CONFIGURATION.links[name]
    if (/^https?:\/\/\S+$/.test(text)) return text.replace(/\/+$/, '')
    reader.complain(name, `"${text}" is no address`, 'write one that begins with http:// or https://')
    return DEFAULT_CONFIGURATION.links[name]
  }
  const links: Links = { runbooks: link('runbooks'), grafana: link('grafana'), ragmeter: link('ragmeter') }
  reader.end()
  return links
}

/**
 * What the sections say, with defaults for what they do not. `slos` replaces the default objectives.
 * Where there are issues, what they are about has its default or is left out.
 */
export function parseOpsConfiguration(sections: OpsSections): {
  configuration: OpsConfiguration
  issues: readonly ConfigurationIssue[]
} {
  const issues: ConfigurationIssue[] = []
  const { thresholds = {}, alerts = {}, slos, budgets, links = {} } = sections
  const objectives = slos === undefined ? DEFAULT_CONFIGURATION.slos : parseSlos(slos, issues)
  const known = new Set(
    [...ALERTS, ...LOG_ALERTS, ...objectives.flatMap(burnRateAlerts)].map(({ name }) => name),
  )
  const configuration: OpsConfiguration = {
    thresholds: parseThresholds(thresholds, issues),
    alerts: parseAlertChoices(alerts, known, issues),
    slos: objectives,
    budgets: parseBudgets(budgets, issues),
    links: parseLinks(links, issues),
  }
  return { configuration, issues }
}
