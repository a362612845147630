/** The committed dashboards: what Grafana accepts without a word and then shows as an empty or a lost panel. */
import * as units from '@grafana/grafana-foundation-sdk/units'
import { DASHBOARD_UIDS } from '@ragmeter/ops'
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../packages/ui/src/pages/traces/query/parse.ts'
import { KNOWN_METRICS, labelsOfMetric } from '../promql/known-metrics.ts'
import { resultLabels } from '../promql/result-labels.ts'
import { selectorsOf, withoutMacros } from '../promql/syntax.ts'
import { queryingPanels, readDashboards } from './read-dashboards.ts'
import type { GridPosition, Target } from './read-dashboards.ts'

const DASHBOARDS = readDashboards()
const PANELS = DASHBOARDS.flatMap(([key, dashboard]) =>
  queryingPanels(dashboard).map((panel) => [`${key}: ${panel.title}`, panel, dashboard] as const),
)
const QUERIES = PANELS.flatMap(([name, panel, dashboard]) =>
  (panel.targets ?? []).map((target) => [`${name} ${target.refId}`, target, panel, dashboard] as const),
)
/** As long as panels may look back on their own; what is shorter is the step's business. */
const LONG_WINDOWS = ['1h', '1d', '30d']

function overlap(left: GridPosition, right: GridPosition): boolean {
  return (
    left.x < right.x + right.w &&
    right.x < left.x + left.w &&
    left.y < right.y + right.h &&
    right.y < left.y + left.h
  )
}

function labelsIn(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, label = '']) => label)
}

/** Values of labels that the page of traces has a list of. */
const EXAMPLES: Readonly<Record<string, string>> = { status: 'error', error_type: 'timeout' }

/** What is wrong in how an expression reads its series. */
function readingFaults(expression: string): readonly string[] {
  return selectorsOf(expression.replaceAll(/\[\$(\w+)\]/g, '[1m]')).flatMap(({ metric, range, readBy }) => {
    const { type, aggregation } = KNOWN_METRICS.get(metric) ?? {}
    const [first = '', second = ''] = readBy.map(({ name }) => name)
    if (type === 'counter' || type === 'histogram') {
      const isRated = ['rate', 'increase'].includes(first) && ['sum', 'max'].includes(second)
      return isRated ? [] : [`${metric} counts: rate it, then sum it`]
    }
    if (range !== undefined) return [`${metric} is no counter: it has no rate`]
    // Replicas that report the same store must not be added up.
    const aggregations = aggregation === 'sum' ? ['sum'] : ['max', 'min']
    return type !== 'gauge' || aggregations.includes(first)
      ? []
      : [`${metric}: ${aggregations.join(' or ')} by`]
  })
}

/** Budgets cover several services. */
const WITHOUT_SERVICE = /^(rag_|)budget_/

/** Metrics that an expression reads of all services, or jobs, whatever is chosen. */
function unchosen(expression: string, label: string): readonly string[] {
  return selectorsOf(expression)
    .filter(({ metric }) => labelsOfMetric(metric).has(label))
    .filter(({ metric }) => label !== 'service' || !WITHOUT_SERVICE.test(metric))
    .filter(
      ({ matchers }) => !matchers.some((matcher) => matcher.label === label && matcher.value === `$${label}`),
    )
    .map(({ metric }) => metric)
}

/** Samples of a histogram belong to it. */
function familyOf(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, '').replace(/_total$/, '')
}

const legendLabels = ({ legendFormat }: Target) => labelsIn(legendFormat, /\{\{(\w+)\}\}/g)

describe.each(DASHBOARDS)('%s', (key, dashboard) => {
  const panels = queryingPanels(dashboard)

  test('is what file provisioning takes: a uid, no id, not editable, the schema of Grafana 12 and later', () => {
    expect(dashboard).toMatchObject({ id: null, editable: false, schemaVersion: 42, tags: ['ragmeter'] })
    expect(dashboard.uid).toBe(DASHBOARD_UIDS[key as keyof typeof DASHBOARD_UIDS])
    expect([dashboard.title, dashboard.description]).toEqual([
      expect.stringMatching(/^ragmeter \/ ./),
      expect.stringMatching(/\.$/),
    ])
  })

  test('panels have ids from 1 on, each its own, and titles each its own', () => {
    expect(dashboard.panels.map(({ id }) => id)).toEqual(dashboard.panels.map((_, position) => position + 1))
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  test('panels lie within the 24 columns and on no other', () => {
    dashboard.panels.forEach(({ gridPos }, position) => {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
      expect(dashboard.panels.slice(position + 1).filter((other) => overlap(gridPos, other.gridPos))).toEqual(
        [],
      )
    })
  })

  test('lines of panels are filled to the edge', () => {
    const lines = new Map<number, number>()
    for (const { gridPos } of dashboard.panels) lines.set(gridPos.y, (lines.get(gridPos.y) ?? 0) + gridPos.w)
    expect([...lines.values()]).toEqual([...lines.values()].map(() => 24))
  })

  test('begins with the choice of a data source; all else is asked of it', () => {
    const [first, ...others] = dashboard.templating.list
    expect(first).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' })
    const sources = [
      ...others.filter(({ type }) => type === 'query').map(({ datasource }) => datasource?.uid),
      ...panels.map(({ datasource }) => datasource?.uid),
      ...panels.flatMap(({ targets = [] }) => targets.map(({ datasource }) => datasource.uid)),
      ...dashboard.annotations.list.map(({ datasource }) => datasource.uid),
    ]
    expect(new Set(sources)).toEqual(new Set(['${datasource}']))
  })

  test('variables take several values, all of them as a pattern that matches, and follow the range', () => {
    for (const variable of dashboard.templating.list.filter(({ type }) => type === 'query')) {
      expect(variable).toMatchObject({ multi: true, includeAll: true, allValue: '.+', refresh: 2 })
      expect(variable.query).toMatchObject({ query: variable.definition })
      const [, selector = '', label = ''] =
        /^label_values\((.*), (\w+)\)$/.exec(variable.definition ?? '') ?? []
      expect(resultLabels(selector, labelsOfMetric)).toContain(label)
    }
  })

  test('every variable is used, and none is used that is not there', () => {
    const text = JSON.stringify({
      ...dashboard,
      templating: dashboard.templating.list.map(({ query }) => query),
    })
    const used = new Set(labelsIn(text, /\$\{?([a-z]+)\b/g))
    expect(used).toEqual(new Set(dashboard.templating.list.map(({ name }) => name)))
  })

  test('annotations are alerts and releases, as PromQL of metrics that exist', () => {
    expect(dashboard.annotations.list.map(({ name }) => name)).toEqual(['Alerts', 'Releases'])
    for (const { expr } of dashboard.annotations.list)
      expect(() => resultLabels(expr, labelsOfMetric)).not.toThrow()
  })

  test('links stand above the panels and not in a menu', () => {
    expect(dashboard.links.map(({ title, type }) => [title, type])).toEqual([
      ['Dashboards', 'dashboards'],
      ['ragmeter', 'link'],
    ])
    expect(dashboard.links.filter(({ placement }) => placement !== undefined)).toEqual([])
  })
})

describe.each(PANELS)('%s', (_, panel) => {
  const defaults = panel.fieldConfig?.defaults ?? {}

  test('says what it shows, in a unit that Grafana knows, and what it shows without data', () => {
    expect(panel.description).toMatch(/^[A-Z].*\.$/)
    expect(Object.values(units)).toContain(defaults.unit)
    expect(defaults.noValue).toMatch(/./)
    expect(panel.targets?.length ?? 0).toBeGreaterThan(0)
  })

  test('queries have names, each its own, and heatmaps take the buckets of Prometheus', () => {
    expect(panel.targets?.map(({ refId }) => refId)).toEqual(
      panel.targets?.map((__, position) => 'ABCDEFGHIJ'.charAt(position)),
    )
    const isHeatmap = panel.type === 'heatmap'
    expect(panel.options?.calculate).toBe(isHeatmap ? false : undefined)
    for (const { format } of panel.targets ?? []) expect(format).toBe(isHeatmap ? 'heatmap' : 'time_series')
  })

  test('asks for the end of the range where it shows one value, else for all of it', () => {
    const isInstant = ['stat', 'gauge', 'bargauge', 'piechart'].includes(panel.type)
    for (const { instant = false, range = false } of panel.targets ?? [])
      expect([instant, range]).toEqual([isInstant, !isInstant])
  })

  test('colours begin without a value and ascend', () => {
    const [first, ...others] = defaults.thresholds?.steps.map(({ value }) => value) ?? []
    expect(first).toBeNull()
    expect(others).toEqual([...others].sort((left, right) => Number(left) - Number(right)))
  })

  test('a click leads to traces of its service that the page of traces can filter', () => {
    for (const { url } of defaults.links ?? []) {
      const [, search = ''] = /^\$\{ragmeter\}\/traces\?(.*)$/.exec(url) ?? []
      const parameters = new URLSearchParams(search)
      expect(parameters.get('service')).toBe('${__field.labels.service}')
      expect([parameters.get('from'), parameters.get('to')]).toEqual([
        '${__from:date:iso}',
        '${__to:date:iso}',
      ])
      const filter = (parameters.get('q') ?? '').replaceAll(
        /\$\{__field\.labels\.(\w+)\}/g,
        (___, label: string) => EXAMPLES[label] ?? 'value',
      )
      expect(parseFilter(filter).problems).toEqual([])
    }
  })
})

describe.each(QUERIES)('%s', (_, target, panel, dashboard) => {
  const expression = withoutMacros(target.expr)

  test('reads metrics that exist, and joins what can match', () => {
    expect(() => resultLabels(expression, labelsOfMetric)).not.toThrow()
    for (const { metric, matchers } of selectorsOf(expression))
      for (const { label } of matchers) expect(labelsOfMetric(metric)).toContain(label)
  })

  test('legend and links use labels that the result has', () => {
    const labels = resultLabels(expression, labelsOfMetric)
    const links = (panel.fieldConfig?.defaults.links ?? []).map(({ url }) => url).join(' ')
    const used = [...legendLabels(target), ...labelsIn(links, /__field\.labels\.(\w+)/g)]
    expect(used.filter((label) => !labels.has(label))).toEqual([])
  })

  test('tells its series apart: the legend has every label of the result', () => {
    // Services are told apart by the choice above; a model has one provider, a dependency one kind.
    const implied = ['service', 'provider', 'kind', 'store', 'job', ...legendLabels(target)]
    const labels = [...resultLabels(expression, labelsOfMetric)]
    expect(labels.filter((label) => !implied.includes(label))).toEqual([])
  })

  test('rates counters over the step or the range, sums them, and reads gauges as they are', () => {
    expect(readingFaults(target.expr)).toEqual([])
    const windows = labelsIn(target.expr, /\[(\$?\w+)\]/g)
    const allowed = ['$__rate_interval', '$__range', ...LONG_WINDOWS]
    expect(windows.filter((window) => !allowed.includes(window))).toEqual([])
  })

  test('follows the choice of services', () => {
    const chosen = dashboard.templating.list
      .map(({ name }) => name)
      .find((name) => ['service', 'job'].includes(name))
    expect(unchosen(expression, chosen ?? '')).toEqual([])
  })

  test('dots of single requests are asked of buckets only', () => {
    expect(target.exemplar && !target.expr.includes('_bucket')).toBe(false)
  })
})

test('there is a dashboard for every uid that alerts link to', () => {
  expect(DASHBOARDS.map(([key]) => key).sort()).toEqual(Object.keys(DASHBOARD_UIDS).sort())
})

const TITLES = {
  overview: [
    'Query Rate (QPS)',
    'P95 Latency by Stage',
    'Cache Hit Rate',
    'Error Rate',
    'Memory Facts Count',
    'LLM Requests & Tokens',
    'Query Latency Distribution',
    'Errors by Type',
    'Queries by Intent & Model',
    'Cache Performance by Type',
    'Database Metrics',
    'LLM Cost (Monthly)',
    'LLM Latency by Provider',
    'Service Availability',
  ],
  operations: [
    'Query Latency (p50, p95, p99)',
    'Request Rate & Error Rate',
    'Token Usage',
    'Cost per Query & Total Spend',
    'Cache Hit Rate %',
    'Error Rate %',
    'Active Requests',
    'Rate Limit Remaining',
    'Response Relevance Score',
    'Error Breakdown by Type',
  ],
  retrieval: [
    'Request Rate',
    'Response Latency P95/P99',
    'Error Rate',
    'Token Usage Rate',
    'Latency Distribution P50/95/99',
    'Request Rate by Endpoint',
    'Retrieval Score Distribution',
    'Cache Hit Rate',
  ],
}

test.each(Object.entries(TITLES))('%s has the panels of its model, in its order', (key, titles) => {
  const dashboard = DASHBOARDS.find(([name]) => name === key)?.[1]
  const found = dashboard === undefined ? [] : queryingPanels(dashboard).map(({ title }) => title)
  expect(found.slice(0, titles.length)).toEqual(titles)
})

/** Metrics that are no picture. */
const ON_NO_DASHBOARD = [
  // Moments, for alerts and for `ragmeter status`.
  'process_start_time_seconds',
  'ragmeter_storage_last_commit_timestamp_seconds',
  // How many bodies go into one transaction is a question of tuning; the time it takes is shown.
  'ragmeter_commits',
  'ragmeter_committed_bodies',
  'ragmeter_ingest_in_flight_bytes',
]

test('every metric of the catalogue is on a dashboard, in itself or in a recording', () => {
  const text = DASHBOARDS.map(([, dashboard]) => JSON.stringify(dashboard)).join('')
  const names = [...KNOWN_METRICS]
    .filter(([, { type }]) => ['counter', 'gauge', 'histogram'].includes(type))
    .map(([name]) => familyOf(name))
  const missing = [...new Set(names)].filter((name) => !text.includes(name))
  expect(missing.sort()).toEqual([...ON_NO_DASHBOARD].sort())
})
