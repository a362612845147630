/** What is wrong with a PromQL expression beyond its syntax: names that nothing serves, and ways to be silently wrong. */
import { selectorsOf, syntaxFault } from '../../../tools/promql/syntax.ts'
import type { Selector } from '../../../tools/promql/syntax.ts'
import { KNOWN_METRICS } from '../../../tools/promql/known-metrics.ts'
import type { KnownMetric } from '../../../tools/promql/known-metrics.ts'

const OVER_COUNTERS = new Set(['rate', 'increase', 'irate', 'resets', 'changes', 'count'])
const RATES = new Set(['rate', 'increase', 'irate'])
const AGGREGATIONS = new Set(['sum', 'max', 'min', 'avg', 'count', 'topk', 'group'])
/** Four scrapes of 15 seconds: below that one missed scrape leaves a hole. */
const RANGE_SECONDS_MIN = 60
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

function secondsOf(range: string): number {
  const [, count = '0', unit = 's'] = /^(\d+)([smhdw])/.exec(range) ?? []
  return Number(count) * SECONDS[unit as keyof typeof SECONDS]
}

function matcherComplaints({ metric, matchers }: Selector, known: KnownMetric): string[] {
  return matchers.flatMap(({ label, operator, value }) => {
    const complaints: string[] = []
    const values = known.labels.get(label)
    if (!known.labels.has(label)) complaints.push(`${metric} has no label ${label}`)
    if (values !== undefined) {
      const unknown = value.split('|').filter((one) => !values.includes(one))
      if (unknown.length > 0) complaints.push(`${label} of ${metric} is never ${unknown.join(' or ')}`)
    }
    if (operator.endsWith('~') && !/[|.*+?[\]()\\]/.test(value))
      complaints.push(`${label}: no pattern, use = or !=`)
    if (/^\^|\$$/.test(value)) complaints.push(`${label}: patterns are anchored anyway`)
    return complaints
  })
}

function useComplaints({ metric, readBy, range }: Selector, known: KnownMetric): string[] {
  const complaints: string[] = []
  const within = readBy.map(({ name }) => name)
  const aggregations = readBy.filter(({ isAggregation }) => isAggregation)
  const keptBy = aggregations.map(({ by }) => by)
  const dropped = aggregations.flatMap(({ without = [] }) => without)
  const isRate = within.some((name) => RATES.has(name))
  if (
    (known.type === 'counter' || known.type === 'histogram') &&
    !within.some((name) => OVER_COUNTERS.has(name))
  ) {
    complaints.push(`${metric} is a counter: its value says nothing, its rate does`)
  }
  if (isRate && (known.type === 'gauge' || known.type === 'recorded'))
    complaints.push(`rate() of ${metric}, no counter`)
  if (range !== undefined && secondsOf(range) < RANGE_SECONDS_MIN)
    complaints.push(`${metric}[${range}] is too short`)
  if (isRate && !within.some((name) => AGGREGATIONS.has(name))) complaints.push(`${metric} is not aggregated`)
  const aggregation = within.find((name) => AGGREGATIONS.has(name))
  // Replicas report the same value: adding them up would count it several times.
  if (known.type === 'gauge' && known.aggregation === 'max' && aggregation === 'sum')
    complaints.push(`sum over ${metric}, which replicas share`)
  const absent = dropped.filter((label) => !known.labels.has(label))
  if (absent.length > 0) complaints.push(`${metric} has no label ${absent.join(', ')} to drop`)
  const lost = (keptBy[0] ?? []).filter((label) => !known.labels.has(label))
  if (lost.length > 0) complaints.push(`${metric} has no label ${lost.join(', ')} to group by`)
  for (const [position, labels] of keptBy.entries()) {
    const inner = keptBy[position - 1]
    const gone = inner === undefined ? [] : (labels ?? []).filter((label) => !inner.includes(label))
    if (gone.length > 0)
      complaints.push(`${gone.join(', ')} is gone after the inner aggregation of ${metric}`)
  }
  return complaints
}

/** Empty if there is nothing to complain about. */
export function lintExpression(text: string): string[] {
  const fault = syntaxFault(text)
  if (fault !== undefined) return [fault]
  return selectorsOf(text).flatMap((one) => {
    if (one.metric === '') return []
    const known = KNOWN_METRICS.get(one.metric)
    if (known === undefined) return [`nothing serves or records ${one.metric}`]
    return [...matcherComplaints(one, known), ...useComplaints(one, known)]
  })
}
