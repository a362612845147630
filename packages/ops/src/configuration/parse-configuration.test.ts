import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { DEFAULT_CONFIGURATION } from './configuration.ts'
import { parseOpsConfiguration } from './parse-configuration.ts'
import type { OpsSections } from './parse-configuration.ts'

const read = (text: string) => parseOpsConfiguration(parse(text) as OpsSections)

const SLO = `
slos:
  - apiVersion: openslo/v1
    kind: SLO
    metadata: { name: fast_search, displayName: Fast search }
    spec:
      description: Searches take at most half a second.
      service: shop
      budgetingMethod: Occurrences
      indicator:
        spec:
          ratioMetric:
            counter: true
            good:
              metricSource:
                type: ragmeter
                spec: { metric: rag_request_duration_seconds, atMost: 0.5, where: { operation: search } }
            total:
              metricSource:
                type: ragmeter
                spec: { metric: rag_request_duration_seconds, where: { operation: search } }
      timeWindow: [{ duration: 28d, isRolling: true }]
      objectives: [{ target: 0.99 }]
`

describe('parseOpsConfiguration', () => {
  test('nothing stated is the default', () => {
    expect(parseOpsConfiguration({})).toEqual({ configuration: DEFAULT_CONFIGURATION, issues: [] })
  })

  test('takes thresholds, budgets and links over the defaults', () => {
    const { configuration, issues } = read(`
thresholds: { latencyWarning: 3, errorRatioWarning: 0.02 }
budgets:
  - { name: all, limitUsd: 500, period: monthly }
  - { name: acme, limitUsd: 20, period: daily, timeZone: Europe/Berlin, org: acme }
links: { grafana: 'https://grafana.example/' }
`)
    expect(issues).toEqual([])
    expect(configuration.thresholds).toEqual({
      ...DEFAULT_CONFIGURATION.thresholds,
      latencyWarning: 3,
      errorRatioWarning: 0.02,
    })
    expect(configuration.budgets).toEqual([
      { name: 'all', limitUsd: 500, period: 'monthly', timeZone: 'UTC' },
      { name: 'acme', limitUsd: 20, period: 'daily', timeZone: 'Europe/Berlin', org: 'acme' },
    ])
    expect(configuration.links).toEqual({
      ...DEFAULT_CONFIGURATION.links,
      grafana: 'https://grafana.example',
    })
  })

  test('takes what is changed about single alerts, those of objectives among them', () => {
    const { configuration, issues } = read(`
alerts:
  RagHighQueryRate: { enabled: false }
  RagCriticalQueryLatency: { severity: warning, forMinutes: 10, keepFiringMinutes: 0 }
  RagLatencyBudgetBurnSlow: { severity: info }
  RagNoLogs: { enabled: false }
`)
    expect(issues).toEqual([])
    expect(configuration.alerts).toEqual({
      RagHighQueryRate: { enabled: false },
      RagCriticalQueryLatency: { severity: 'warning', forMinutes: 10, keepFiringMinutes: 0 },
      RagLatencyBudgetBurnSlow: { severity: 'info' },
      RagNoLogs: { enabled: false },
    })
  })

  test('reads an objective of OpenSLO, which replaces the default ones', () => {
    const { configuration, issues } = read(SLO)
    expect(issues).toEqual([])
    expect(configuration.slos).toEqual([
      {
        name: 'fast_search',
        description: 'Searches take at most half a second.',
        service: 'shop',
        good: {
          metric: 'rag_request_duration_seconds',
          part: { atMost: 0.5 },
          where: { operation: { in: ['search'] } },
        },
        total: {
          metric: 'rag_request_duration_seconds',
          part: 'count',
          where: { operation: { in: ['search'] } },
        },
        target: 0.99,
        windowDays: 28,
      },
    ])
  })

  test.each([
    ['thresholds: { latencyWarning: 4 }', 'thresholds.latencyWarning', '4 is no bucket', '3, 5'],
    ['thresholds: { latencyCritical: 60 }', 'thresholds.latencyCritical', '60 is no bucket', '30'],
    ['thresholds: { errorRatioInfo: 5 }', 'thresholds.errorRatioInfo', 'is 5', 'from 0 to 1'],
    ['thresholds: { errorRate: 0.1 }', 'thresholds.errorRate', 'is not known', 'errorRatioInfo'],
    ['alerts: { RagSlow: { enabled: false } }', 'alerts.RagSlow', 'is no alert', 'runbooks'],
    ['alerts: { RagNoTraces: { enabled: no } }', 'alerts.RagNoTraces.enabled', 'is "no"', 'true or false'],
    ['alerts: { RagNoTraces: { severity: bad } }', 'alerts.RagNoTraces.severity', 'is "bad"', 'critical'],
    ['alerts: { RagNoTraces: { forMinutes: 0.5 } }', 'alerts.RagNoTraces.forMinutes', 'is 0.5', 'whole'],
    ['alerts: { RagNoTraces: { for: 5m } }', 'alerts.RagNoTraces.for', 'is not known', 'forMinutes'],
    [
      `${SLO}alerts: { RagLatencyBudgetBurnSlow: {} }`,
      'alerts.RagLatencyBudgetBurnSlow',
      'is no alert',
      'names',
    ],
    [
      'thresholds: { latencyWarning: 8 }',
      'thresholds.latencyWarning',
      'is 8 and is above latencyCritical, 5',
      'latencyCritical together',
    ],
    [
      'thresholds: { latencyCritical: 1 }',
      'thresholds.latencyCritical',
      'is 1 and is below latencyWarning, 2',
      'latencyWarning and',
    ],
    [
      'thresholds: { cacheHitRatioWarning: 0.6 }',
      'thresholds.cacheHitRatioWarning',
      'above cacheHitRatioInfo, 0.5',
      'together',
    ],
    ['thresholds: [1]', 'thresholds', 'is not a mapping', 'key: value'],
    ['budgets: [{ name: a, limitUsd: 1 }]', 'budgets[0].period', 'is missing', 'a period'],
    ['budgets: [{ name: "", limitUsd: 1, period: daily }]', 'budgets[0].name', 'is empty', 'write'],
    [
      'budgets: [{ name: a, limitUsd: 1, period: daily, service: " " }]',
      'budgets[0].service',
      'is empty',
      'delete it',
    ],
    ['budgets: [{ name: a, limitUsd: 0, period: daily }]', 'budgets[0].limitUsd', 'is 0', 'from 0.01'],
    ['budgets: [{ name: a, limitUsd: 1, period: yearly }]', 'budgets[0].period', 'is "yearly"', 'monthly'],
    [
      'budgets: [{ name: a, limitUsd: 1, period: daily, timeZone: Mars }]',
      'budgets[0].timeZone',
      'Mars',
      'Europe',
    ],
    [
      'budgets: [{ name: a, limitUsd: 1, period: daily }, { name: a, limitUsd: 2, period: daily }]',
      'budgets[1].name',
      'twice',
      'a name of its own',
    ],
    ['links: { grafana: grafana.example }', 'links.grafana', 'is no address', 'https://'],
    [
      SLO.replace('0.5,', '0.6,'),
      'slos[0].spec.indicator.spec.ratioMetric.good.metricSource.spec.atMost',
      '0.6',
      '0.5',
    ],
    [SLO.replace('28d', '1y'), 'slos[0].spec.timeWindow', 'is not one rolling window', '30d'],
    [SLO.replace('28d', '91d'), 'slos[0].spec.timeWindow', 'is not one rolling window', '90d'],
    [SLO.replace('0.99 ', '99 '), 'slos[0].spec.objectives[0].target', 'is 99', '0.99999'],
    [SLO.replace('fast_search', 'Fast search'), 'slos[0].metadata.name', 'cannot be a name', 'a-z'],
    [
      SLO.replace('good:', 'great:'),
      'slos[0].spec.indicator.spec.ratioMetric.great',
      'is not known',
      'total',
    ],
    [
      SLO.replaceAll('rag_request_duration_seconds', 'rag_requests'),
      'slos[0].spec.indicator.spec.ratioMetric.total.metricSource.spec.metric',
      'no counter or histogram',
      'reference/metrics.md',
    ],
    [
      SLO.replaceAll('operation: search', 'org: acme'),
      'slos[0].spec.indicator.spec.ratioMetric.total.metricSource.spec.where.org',
      'is no label',
      'operation',
    ],
    [
      SLO.replaceAll('operation: search', 'status: succes'),
      'slos[0].spec.indicator.spec.ratioMetric.good.metricSource.spec.where.status',
      'is never "succes"',
      'success, error',
    ],
    [
      SLO.replaceAll('operation: search', 'status: { not: [error, timout] }'),
      'slos[0].spec.indicator.spec.ratioMetric.total.metricSource.spec.where.status',
      'is never "timout"',
      'timeout',
    ],
    [SLO.replace('service: shop', 'service: ""'), 'slos[0].spec.service', 'is empty', 'delete it'],
    [
      `${SLO}${SLO.replace('slos:', '').replace('fast_search', 'fast__search').trimStart().replace(/^/, '  ')}`,
      'slos[1].metadata.name',
      '"fast__search" and "fast_search" would give their alerts the same names',
      'its own',
    ],
    [
      `${SLO}${SLO.replace('slos:', '').trimStart().replace(/^/, '  ')}`,
      'slos[1].metadata.name',
      'twice',
      'its own',
    ],
  ])('says what is wrong, where, and what to write: %#', (text, path, problem, remedy) => {
    const { issues } = read(text)
    const issue = issues.find((one) => one.path === path)
    expect(issues.map((one) => one.path)).toContain(path)
    expect(issue?.problem).toContain(problem)
    expect(issue?.remedy).toContain(remedy)
  })

  test.each([
    ['slos: [{ metadata: { name: a } }]', ['slos[0].spec']],
    [SLO.replace(/ {12}total:\n.*\n.*\n.*\n/, ''), ['slos[0].spec.indicator.spec.ratioMetric.total']],
    ['slos: [{ spec: 1, metadata: {} }]', ['slos[0].spec', 'slos[0].metadata.name']],
  ])('one issue says that a section is missing, not one for each of its fields: %#', (text, paths) => {
    const { issues } = read(text)
    expect(issues.map(({ path }) => path)).toEqual(paths)
  })

  test('what is wrong has its default or is left out, and the rest is read', () => {
    const { configuration, issues } = read('thresholds: { latencyWarning: 4, inFlight: 7 }\nbudgets: [1]')
    expect(issues.length).toBeGreaterThan(1)
    expect(configuration.thresholds.latencyWarning).toBe(2)
    expect(configuration.thresholds.inFlight).toBe(7)
    expect(configuration.budgets).toEqual([])
  })
})
