const unknown = 'n/a'

/**
 * What the daemon's `GET /stats` says, on one line of 80 columns: requests, share of successes, latency, share of
 * retrievals without a document, cost. What the daemon does not know stays unknown and is never shown as 0.
 */
export function liveLine(stats: unknown): string {
  const requests = numberAt(stats, 'requests')
  if (requests === 0) return 'No requests yet.'
  return [
    `${requests?.toLocaleString('en') ?? unknown} requests`,
    `ok ${percent(numberAt(stats, 'success_rate'))}`,
    `p50 ${duration(numberAt(stats, 'latency', 'p50'))}`,
    `p95 ${duration(numberAt(stats, 'latency', 'p95'))}`,
    `empty ${percent(numberAt(stats, 'retrieval', 'empty_rate'))}`,
    cost(numberAt(stats, 'cost', 'usd'), numberAt(stats, 'cost', 'unpriced_calls')),
  ].join('  ')
}

function cost(usd: number | undefined, unpricedCalls: number | undefined): string {
  const known = usd === undefined ? unknown : `$${usd.toFixed(4)}`
  return unpricedCalls === undefined || unpricedCalls === 0
    ? `cost ${known}`
    : `cost ${usd === undefined ? '' : '>= '}${known}, ${unpricedCalls} unpriced calls`
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
