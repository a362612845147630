/** Reads `*.alert-test.yaml`. The format is in docs/formats/alert-test.md. */
import { findMetric } from '@ragmeter/core'
import { parse } from 'yaml'
import { readObjects, SectionReader } from '../configuration/section-reader.ts'
import type { ConfigurationIssue } from '../configuration/section-reader.ts'
import { parseRuns } from './parse-runs.ts'
import { ALERT_STATES, scenarioMinutes } from './scenario.ts'
import type { Expectation, Scenario, ScenarioSeries, SeriesType, Transition } from './scenario.ts'

/** A week and some: the longest window of an alert is three days. */
const SCENARIO_MINUTES_MAX = 15_000
const SELECTOR = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?$/
const LABEL = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/y

function parseLabels(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const [, name, value] = LABEL.exec(text) ?? []
    if (name === undefined || value === undefined) return undefined
    labels[name] = value.replaceAll(/\\(.)/g, '$1')
  }
  return labels
}

/** Named like one of ragmeter's, but none of them: a typo, of which a scenario would be well whatever it expects. */
function isMisspelt(metric: string): boolean {
  return /^rag_[^:]*$/.test(metric) && findMetric(metric) === undefined
}

/** Metrics that are not ragmeter's are known by their names only. */
function typeOf(metric: string): SeriesType {
  return findMetric(metric)?.type ?? (metric.endsWith('_total') ? 'counter' : 'gauge')
}

function readSeries(reader: SectionReader): readonly ScenarioSeries[] {
  return reader.keys.flatMap((key) => {
    const [, metric, labelText = ''] = SELECTOR.exec(key) ?? []
    const labels = parseLabels(labelText)
    const values = reader.raw(key)
    if (metric === undefined || labels === undefined) {
      reader.complain(key, 'is no series', 'write metric{label="value"}')
      return []
    }
    if (isMisspelt(metric)) {
      reader.complain(key, 'is no metric of ragmeter', 'take one of docs/reference/metrics.md')
      return []
    }
    const type = typeOf(metric)
    try {
      return [{ metric, labels, type, runs: parseRuns(String(values), type) }]
    } catch (error) {
      reader.complain(key, (error as Error).message, 'see docs/formats/alert-test.md')
      return []
    }
  })
}

function readTransition(reader: SectionReader): Transition {
  const minute = reader.number('minute', 0, SCENARIO_MINUTES_MAX)
  const state = reader.oneOf('state', ALERT_STATES)
  reader.end()
  if (minute === undefined || state === undefined) {
    reader.complain('state', 'is not complete', 'write {minute: 5, state: firing}')
  }
  return { minute: minute ?? 0, state: state ?? 'inactive' }
}

function readExpectation(reader: SectionReader): Expectation {
  const alert = reader.text('alert') ?? ''
  const labelReader = reader.has('labels') ? reader.object('labels') : undefined
  const labels = Object.fromEntries(
    (labelReader?.keys ?? []).map((name) => [name, labelReader?.text(name) ?? '']),
  )
  const transitions = reader.objects('transitions').map(readTransition)
  const toleranceMinutes = reader.number('toleranceMinutes', 0, 60) ?? 0
  const description = reader.text('description')
  reader.end()
  if (alert === '') reader.complain('alert', 'is missing', 'name an alert, such as RagHighErrorRate')
  return {
    alert,
    labels,
    transitions,
    toleranceMinutes,
    ...(description === undefined ? {} : { description }),
  }
}

function readScenario(reader: SectionReader): Scenario {
  const name = reader.text('name') ?? ''
  const scenario: Scenario = {
    name,
    series: readSeries(reader.object('series')),
    expectations: reader.objects('alerts').map(readExpectation),
  }
  reader.end()
  if (name === '') reader.complain('name', 'is missing', 'say in a few words what happens')
  if (scenarioMinutes(scenario) > SCENARIO_MINUTES_MAX) {
    reader.complain('series', 'is too long', `keep to ${SCENARIO_MINUTES_MAX} minutes`)
  }
  return scenario
}

/** The scenarios of a file, and what is wrong with it. Nothing is run of a file with issues. */
export function parseScenarios(text: string): {
  scenarios: readonly Scenario[]
  issues: readonly ConfigurationIssue[]
} {
  const issues: ConfigurationIssue[] = []
  let document: unknown
  try {
    document = parse(text)
  } catch (error) {
    issues.push({ path: '', problem: (error as Error).message, remedy: 'correct the YAML' })
    return { scenarios: [], issues }
  }
  const reader = SectionReader.of('', document, issues)
  const scenarios = readObjects('scenarios', reader.raw('scenarios'), issues).map(readScenario)
  reader.end()
  if (scenarios.length === 0) reader.complain('scenarios', 'has no entry', 'write a list of scenarios')
  return { scenarios: issues.length === 0 ? scenarios : [], issues }
}
