/** A stretch of a simulated history as a scenario of alerts, so that what evaluates scenarios evaluates it. */
import {
  CardinalityGuard,
  CounterSeries,
  GaugeSeries,
  labelObject,
  labelValues,
  measure,
  MINUTE_MS,
  Registry,
} from '@ragmeter/core'
import type { HistogramSeries, MetricDefinition, Series } from '@ragmeter/core'
import type { MinuteValue, Observations, Run, Scenario, ScenarioSeries } from '@ragmeter/ops'
import type { SimulatedHour } from '../src/simulate/history.ts'

const MS_PER_SECOND = 1000

/** Remembers which values were observed: a scenario states each of them, a histogram only counts them. */
class ObservingRegistry extends Registry {
  readonly observed = new Map<Series, Observations[]>()

  override observe(...observation: Parameters<Registry['observe']>): HistogramSeries {
    const [, value, times] = observation
    const series = super.observe(...observation)
    const values = this.observed.get(series)
    if (values === undefined) this.observed.set(series, [{ times, value }])
    else values.push({ times, value })
    return series
  }
}

interface RecordedSeries extends Omit<ScenarioSeries, 'runs'> {
  runs: Run[]
  minutes: number
}

/**
 * @param from epoch milliseconds, a full minute: the first of the scenario
 * @param isRead nothing is recorded of another metric
 */
export function recordScenario(
  hours: Iterable<SimulatedHour>,
  from: number,
  isRead: (metric: MetricDefinition) => boolean,
): Scenario {
  const recorded = new Map<string, RecordedSeries>()
  for (const hour of hours) {
    for (const [minute, registry] of minutesOf(hour, from)) {
      for (const { metric, series: all } of registry.families()) {
        if (!isRead(metric)) continue
        for (const series of all) {
          const value = valueOf(metric, series, registry, from)
          if (value === undefined) continue
          const labels = labelObject(metric, series.labels)
          const key = JSON.stringify([metric.name, labels])
          const one = recorded.get(key) ?? {
            metric: metric.name,
            labels,
            type: metric.type,
            runs: [],
            minutes: 0,
          }
          recorded.set(key, one)
          if (minute > one.minutes)
            one.runs.push({ value: { kind: 'missing' }, minutes: minute - one.minutes })
          one.runs.push({ value, minutes: 1 })
          one.minutes = minute + 1
        }
      }
    }
  }
  return { name: 'simulated', series: Array.from(recorded.values()), expectations: [] }
}

/** The minutes of an hour in which anything happens, in order, by their number in the scenario. */
function minutesOf({ requests, gauges }: SimulatedHour, from: number): [number, ObservingRegistry][] {
  const minutes = new Map<number, ObservingRegistry>()
  const registryAt = (at: number): ObservingRegistry => {
    const minute = Math.floor((at - from) / MINUTE_MS)
    const registry =
      minutes.get(minute) ??
      new ObservingRegistry({ guard: new CardinalityGuard(() => undefined), exponential: false })
    minutes.set(minute, registry)
    return registry
  }
  for (const request of requests) measure(request, registryAt(request.timestamp))
  for (const { metric, labels, at, value } of gauges) {
    const [service = '', ...others] = labelValues(metric, labels)
    registryAt(at).set(metric, value, service, ...others)
  }
  return Array.from(minutes).sort(([left], [right]) => left - right)
}

/** Moments are counted from the beginning of the scenario, where its time is 0. */
function valueOf(
  metric: MetricDefinition,
  series: Series,
  registry: ObservingRegistry,
  from: number,
): MinuteValue | undefined {
  if (series instanceof CounterSeries) return { kind: 'number', number: series.value / metric.perUnit }
  if (series instanceof GaugeSeries) {
    if (series.value === undefined) return undefined
    const isMoment = metric.name.endsWith('_timestamp_seconds')
    return { kind: 'number', number: isMoment ? series.value - from / MS_PER_SECOND : series.value }
  }
  const observations = registry.observed.get(series)
  return observations && { kind: 'observations', observations }
}
