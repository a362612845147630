/** Runbooks: one for each alert, complete, and naming only what exists. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { alertsOf, daemonCondition, DEFAULT_CONFIGURATION, LOG_ALERTS } from '../src/index.ts'
import type { AlertSpecification, LogAlertSpecification } from '../src/index.ts'
import { KNOWN_METRICS } from '../../../tools/promql/known-metrics.ts'
import { lintExpression } from './lint-expression.ts'

const folder = join(import.meta.dirname, '../../../docs/runbooks')
const alerts = [...alertsOf(DEFAULT_CONFIGURATION), ...LOG_ALERTS]
/** For objectives that users define. */
const GENERIC = ['RagBudgetBurnFast', 'RagBudgetBurnSlow']
const HEADINGS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation']

function read(name: string): string {
  return readFileSync(join(folder, `${name}.md`), 'utf8')
}

function minutes(count: number): string {
  return count === 1 ? '1 minute' : `${count} minutes`
}

function evaluatorOf(alert: AlertSpecification | LogAlertSpecification): string {
  if ('expression' in alert) return 'Loki'
  return daemonCondition(alert) === undefined ? 'Prometheus' : 'Prometheus and the daemon'
}

/** The line below the title, which follows from the alert. */
function factsOf(alert: AlertSpecification | LogAlertSpecification): string {
  const after = alert.forMinutes === 0 ? 'at once' : `after ${minutes(alert.forMinutes)}`
  return `Severity \`${alert.severity}\`, ${after}; family \`${alert.family}\`. Evaluated by ${evaluatorOf(alert)}.`
}

function indexPage(): string {
  return [
    '# Runbooks',
    '',
    'One page for each alert: what it means, what it does to users, how to find the cause, what to do. The annotation `runbook_url` of an alert leads here.',
    '',
    'Expressions are for Prometheus; in ragmeter itself the pages Overview, Traces, Errors, Costs and Delivery answer the same questions. Objectives of your own have [RagBudgetBurnFast](RagBudgetBurnFast.md) and [RagBudgetBurnSlow](RagBudgetBurnSlow.md).',
    '',
    '| alert | severity | what |',
    '| --- | --- | --- |',
    ...alerts.map(({ name, severity, summary }) => `| [${name}](${name}.md) | ${severity} | ${summary} |`),
    '',
  ].join('\n')
}

const withoutPadding = (text: string) => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')

if (process.env['UPDATE_GOLDEN'] !== undefined) {
  writeFileSync(join(folder, 'README.md'), indexPage())
  for (const alert of alerts) {
    const [title = '', , , ...rest] = read(alert.name).split('\n')
    writeFileSync(join(folder, `${alert.name}.md`), [title, '', factsOf(alert), ...rest].join('\n'))
  }
}

test('there is one runbook for each alert, and no other', () => {
  const files = readdirSync(folder).map((name) => name.replace(/\.md$/, ''))
  expect(files.toSorted()).toEqual([...alerts.map(({ name }) => name), ...GENERIC, 'README'].toSorted())
})

test('the index lists the alerts; after a change: UPDATE_GOLDEN=1 npx vitest run runbooks', () => {
  expect(withoutPadding(read('README'))).toBe(withoutPadding(indexPage()))
})

test.each(alerts.map((alert) => [alert.name, alert] as const))(
  '%s states its severity and family',
  (name, alert) => {
    expect(read(name).split('\n').slice(0, 3)).toEqual([`# ${name}`, '', factsOf(alert)])
  },
)

/** Code spans that are PromQL: they name a metric, or call something over one. */
function expressionsIn(text: string): string[] {
  const spans = Array.from(text.matchAll(/`([^`\n]+)`/g), ([, span = '']) => span)
  return spans.filter(
    (span) => /\b(?:rag_|ragmeter_|service|budget_period:)[a-z_:]*[a-z]/.test(span) && isQuery(span),
  )
}

function isQuery(span: string): boolean {
  if (/^[a-z_]+(?:_total|_seconds|_usd|_ratio)?$/.test(span)) return KNOWN_METRICS.has(span)
  return /^(?:[a-z_]+ by \(|[a-z_]+:[a-z_:0-9]+|[a-z_]+\(|[a-z_]+\{|time\(\))/.test(span)
}

/** Sentences may name a histogram, and recordings have other names within theirs. */
function isKnown(metric: string): boolean {
  return /_budget/.test(metric) || [...KNOWN_METRICS.keys()].some((known) => known.includes(metric))
}

describe.each([...alerts.map(({ name }) => name), ...GENERIC])('the runbook %s', (name) => {
  const text = existsSync(join(folder, `${name}.md`)) ? read(name) : ''

  test('has its sections, each with something in it', () => {
    const sections = text.split(/^## /m).slice(1)
    expect(sections.map((section) => section.split('\n')[0])).toEqual(HEADINGS)
    for (const section of sections) expect(section.length).toBeGreaterThan(60)
    expect(text.match(/^\d\. /gm)?.length).toBeGreaterThanOrEqual(3)
  })

  test('names metrics and expressions that exist', () => {
    const complaints = expressionsIn(text).flatMap((expression) =>
      lintExpression(expression)
        // One value of a counter, named in a sentence, is no expression to be evaluated.
        .filter((complaint) => !/^[a-z_]+$/.test(expression) || !complaint.includes('is a counter'))
        .map((complaint) => `${expression}: ${complaint}`),
    )
    expect(complaints).toEqual([])
    const names = Array.from(text.matchAll(/\b(?:rag|ragmeter)_[a-z_]+[a-z]\b/g), ([metric]) => metric)
    expect(names.filter((metric) => !isKnown(metric))).toEqual([])
  })
})
