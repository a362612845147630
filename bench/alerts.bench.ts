/**
 * One round of all alerts over 10,000 series that have had something in each of the last minutes, and what it costs to take a
 * committed measurement in, beside adding it to the lifetime totals, which every commit does too.
 */
import { METRIC_LIST, MINUTE_MS } from '@ragmeter/core'
import type { Measurement, MetricDefinition } from '@ragmeter/core'
import { alertsOf, DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { bench, do_not_optimize, run, summary } from 'mitata'
import { daemonSignals } from '../packages/server/src/alerts/daemon-signals.ts'
import { Rounds } from '../packages/server/src/alerts/rounds.ts'
import { planSources } from '../packages/server/src/alerts/sources.ts'
import { Windows } from '../packages/server/src/alerts/windows.ts'
import { LifetimeMetrics } from '../packages/server/src/metrics/lifetime-metrics.ts'

const SERIES = 10_000
const SERVICES = 20
const MINUTES = 10
const START = Date.UTC(2026, 0, 5)

/** The values of labels, in turn: as many different series as are asked for. */
function labelsOf(metric: MetricDefinition, position: number): Record<string, string> {
  let rest = position
  return Object.fromEntries(
    metric.labels.map((label) => {
      const values =
        'values' in label ? label.values : Array.from({ length: 8 }, (_, i) => `${label.name}-${i}`)
      const count = label.name === 'service' ? SERVICES : values.length
      const value = label.name === 'service' ? `service-${rest % count}` : values[rest % count]
      rest = Math.floor(rest / count)
      return [label.name, value ?? '']
    }),
  )
}

function measurementOf(metric: MetricDefinition, position: number, minute: number): Measurement {
  const base = { metric: metric.name, labels: labelsOf(metric, position), minute: START + minute * MINUTE_MS }
  if (metric.type === 'counter') return { ...base, type: 'counter', delta: 5 }
  if (metric.type === 'gauge') return { ...base, type: 'gauge', value: 1 }
  const classic = Array.from({ length: metric.buckets.length + 1 }, () => 1)
  return {
    ...base,
    type: 'histogram',
    count: classic.length,
    sum: 1e6,
    classic,
    zero: 0,
    offset: 0,
    exponential: [5, 5],
  }
}

const metrics = METRIC_LIST.filter(({ scope }) => scope !== 'telemetry')
const perMetric = Math.ceil(SERIES / metrics.length)
const minuteOfSeries = (minute: number) =>
  metrics.flatMap((metric) => Array.from({ length: perMetric }, (_, i) => measurementOf(metric, i, minute)))

const windows = new Windows(planSources(daemonSignals(DEFAULT_CONFIGURATION)))
for (let minute = 0; minute < MINUTES; minute += 1) {
  for (const measurement of minuteOfSeries(minute)) windows.add(measurement, 'a', START)
}
const rounds = new Rounds(alertsOf(DEFAULT_CONFIGURATION), DEFAULT_CONFIGURATION.thresholds, windows)
const committed = minuteOfSeries(MINUTES)
const lifetime = new LifetimeMetrics([], START, () => 0)
const update = { measurements: committed, gauges: [], seen: [] }
let at = START + MINUTES * MINUTE_MS

bench(`a round of ${rounds.size} alerts, ${SERIES} series of ${SERVICES} services`, () => {
  at += 15_000
  do_not_optimize(rounds.run(START + MINUTES * MINUTE_MS + (at % 60_000)))
})

summary(() => {
  bench(`take in ${SERIES} committed measurements for alerts`, () => {
    for (const measurement of committed) windows.add(measurement, 'a', START)
  })
  bench(`take in ${SERIES} committed measurements for /metrics`, () => {
    lifetime.apply({ ...update, report: undefined as never }, START)
  })
})

await run()
