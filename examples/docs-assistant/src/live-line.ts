const separator = ' · '
const unknown = 'no data'

/** What the daemon's `GET /stats` says, on one line. What it does not know stays unknown and is never shown as 0. */
export function liveLine(stats: unknown): string {
  const cost = numberAt(stats, 'cost', 'usd')
  const unpriced = numberAt(stats, 'cost', 'unpriced_calls') ?? 0
  return [
    `${numberAt(stats, 'requests')?.toLocaleString('en') ?? unknown} requests`,
    `success ${percent(numberAt(stats, 'success_rate'))}`,
    `p50 ${duration(numberAt(stats, 'latency', 'p50'))}`,
    `p95 ${duration(numberAt(stats, 'latency', 'p95'))}`,
    `empty retrievals ${percent(numberAt(stats, 'retrieval', 'empty_rate'))}`,
    `cost ${cost === undefined ? unknown : `$${cost.toFixed(4)}`}${unpriced > 0 ? ` + ${unpriced} calls unpriced` : ''}`,
  ].join(separator)
}

function percent(share: number | undefined): string {
  return share === undefined ? unknown : `${(share * 100).toFixed(1)} %`
}

function duration(seconds: number | undefined): string {
  if (seconds === undefined) return unknown
  return seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`
}

function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = (current as Readonly<Record<string, unknown>>)[key]
  }
  return typeof current === 'number' ? current : undefined
}
