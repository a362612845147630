/** What the store must hold, in plain lists; and how what it answers is compared with that. */
import { deepEqual, equal } from 'node:assert/strict'
import { ExponentialHistogram, METRICS, minuteOf } from '@ragmeter/core'
import type { TraceEvent } from '@ragmeter/core'
import type { Harness } from './writer-harness.ts'

const HORIZON_MS = 8 * 86_400_000
const RESOLUTIONS = [
  ['rollup_1m', 60_000, 48 * 3_600_000],
  ['rollup_1h', 3_600_000, 90 * 86_400_000],
  ['rollup_1d', 86_400_000, 730 * 86_400_000],
] as const

/** One request, counted once, however it came. */
export type Counted = Pick<
  TraceEvent,
  'service' | 'status' | 'org' | 'timestamp' | 'total_latency_ms' | 'generations' | 'docstore_cost_nano_usd'
>

export class StoreModel {
  readonly now: number
  readonly counted: Counted[] = []
  /** Kept traces by start and id. */
  readonly traces = new Map<string, Counted & { id: string }>()
  /** Batch numbers of each client that are in. */
  readonly sequences = new Map<string, Set<number>>()

  constructor(now: number) {
    this.now = now
  }

  /** @returns false if a trace with this start and id is there already */
  keep(trace: Counted & { id: string }): boolean {
    const key = `${trace.timestamp}/${trace.id}`
    if (this.traces.has(key)) return false
    this.traces.set(key, trace)
    return true
  }

  /** @returns false if the batch was there already */
  accept(client: string, sequence: number): boolean {
    const seen = this.sequences.get(client) ?? new Set()
    this.sequences.set(client, seen)
    if (seen.has(sequence)) return false
    seen.add(sequence)
    return true
  }

  compare(harness: Harness): void {
    this.#compareStats(harness)
    this.#compareLedger(harness)
    this.#compareSpending(harness)
    this.#compareTraces(harness)
    this.#compareClients(harness)
    this.#compareSeries(harness)
  }

  /** Once everything is folded, every table holds every request in the bucket of its own time, as far back as it is read. */
  compareTables(harness: Harness): void {
    const rows = (table: string, from: number) =>
      harness.database
        .prepare(
          `SELECT json_extract(labels, '$[0]') || ' ' || json_extract(labels, '$[4]') || ' ' || bucket AS key, ${table}.value AS value
           FROM ${table} JOIN series ON series.id = series WHERE metric = ? AND bucket >= ?`,
        )
        .all(METRICS.requests.name, from)
    for (const [table, bucketMs, heldMs] of RESOLUTIONS) {
      const from = Math.ceil((this.now - heldMs) / bucketMs) * bucketMs
      const stored = sumBy(
        rows(table, from),
        (row) => String(row['key']),
        (row) => Number(row['value']),
      )
      const bucketOf = ({ timestamp }: Counted) => Math.floor(timestamp / bucketMs) * bucketMs
      deepEqual(
        stored,
        countBy(
          this.counted.filter((one) => bucketOf(one) >= from),
          (one) => `${one.service} ${one.status} ${bucketOf(one)}`,
        ),
      )
    }
    const lifetime = sumBy(
      harness.database
        .prepare("SELECT json_extract(labels, '$[0]') AS service, value FROM series WHERE metric = ?")
        .all(METRICS.requests.name),
      (row) => String(row['service']),
      (row) => Number(row['value']),
    )
    deepEqual(
      lifetime,
      countBy(this.counted, ({ service }) => service),
    )
  }

  #compareStats(harness: Harness): void {
    const stats = harness.query('stats', this.#range())
    const latencies = new ExponentialHistogram()
    for (const { total_latency_ms } of this.counted) latencies.add(total_latency_ms / 1000)
    const { requests, requests_total, errors, traces_stored, statuses, latency, cost } = stats
    const { p50, p95, p99 } = latency
    const { unpriced_calls: _, ...known } = cost
    deepEqual(
      { requests, requests_total, errors, traces_stored, statuses, latency: { p50, p95, p99 }, cost: known },
      {
        cost: costOf(this.counted),
        requests: this.counted.length,
        requests_total: this.counted.length,
        errors: this.counted.filter(isError).length,
        traces_stored: this.traces.size,
        statuses: countBy(this.counted, ({ status }) => status),
        latency: {
          p50: latencies.quantile(0.5) ?? null,
          p95: latencies.quantile(0.95) ?? null,
          p99: latencies.quantile(0.99) ?? null,
        },
      },
    )
  }

  #compareLedger(harness: Harness): void {
    const { rows, total } = harness.query('ledger', {
      from: '2000-01-01',
      to: '2100-01-01',
      groups: ['org', 'service'],
      filters: {},
      limit: 10_000,
      deadline: Infinity,
    })
    const stored = Object.fromEntries(
      rows.map(({ key, requests, errors, total_ms }) => [payerOf(key), [requests, errors, total_ms]]),
    )
    const expected: Record<string, number[]> = {}
    for (const one of this.counted) {
      const sums = (expected[payerOf(one)] ??= [0, 0, 0])
      sums[0] = (sums[0] ?? 0) + 1
      sums[1] = (sums[1] ?? 0) + (isError(one) ? 1 : 0)
      sums[2] = (sums[2] ?? 0) + one.total_latency_ms
    }
    deepEqual(stored, expected)
    const { cost } = harness.query('stats', this.#range())
    deepEqual(
      [cost.llm_usd ?? 0, cost.docstore_usd ?? 0, cost.unpriced_calls],
      [total.llm_cost_usd, total.docstore_cost_usd, total.unpriced],
    )
  }

  /** Since any hour: of days that are cut in two, hours count, whether folded or not. */
  #compareSpending(harness: Harness): void {
    for (const [hoursAgo, filters] of [
      [0, {}],
      [3, { service: 'docs' }],
      [20, { provider: 'openai' }],
      [50, { org: 'acme' }],
      [100, { org: 'acme', service: 'measured', provider: 'aws' }],
      [24 * 8, {}],
    ] as const) {
      const since = Math.floor(this.now / 3_600_000 - hoursAgo) * 3_600_000
      const { usd } = harness.query('spending', { since, until: this.now, filters, deadline: Infinity })
      const { org, service, provider } = {
        org: undefined,
        service: undefined,
        provider: undefined,
        ...filters,
      }
      const spentNanoUsd = this.counted
        .filter(
          (one) =>
            one.timestamp >= since &&
            (org ?? one.org) === one.org &&
            (service ?? one.service) === one.service,
        )
        .reduce((sum, one) => sum + spentBy(one, provider), 0)
      equal(Math.round(usd * 1e9), spentNanoUsd)
    }
  }

  #compareTraces(harness: Harness): void {
    const listed: string[] = []
    let after: { timestamp: number; id: string } | undefined
    do {
      const page = harness.query('traces', {
        filter: this.#range(),
        limit: 7,
        deadline: Infinity,
        ...(after === undefined ? {} : { after }),
      })
      listed.push(...page.traces.map(({ timestamp, id }) => `${timestamp}/${id}`))
      after = page.next ?? undefined
    } while (after !== undefined)
    deepEqual([...listed].sort(), Array.from(this.traces.keys()).sort())
    const starts = listed.map((key) => Number.parseInt(key, 10))
    deepEqual(
      starts,
      [...starts].sort((left, right) => right - left),
    )
  }

  #compareClients(harness: Harness): void {
    const clients = harness.query('clients', { now: this.now })
    for (const { instance, batches, last_sequence, gaps } of clients) {
      const seen = this.sequences.get(instance) ?? new Set()
      deepEqual(
        { instance, batches, last_sequence, gaps },
        {
          instance,
          batches: seen.size,
          last_sequence: Math.max(0, ...seen),
          gaps: Math.max(0, ...seen) - seen.size,
        },
      )
    }
  }

  /** Minutes of the last day and hours of the last week, whether folded or not. */
  #compareSeries(harness: Harness): void {
    for (const [age, stepMs] of [
      [86_400_000, 60_000],
      [HORIZON_MS, 3_600_000],
      [HORIZON_MS, 86_400_000],
    ] as const) {
      const from = Math.floor((this.now - age) / stepMs) * stepMs
      const { series } = harness.query('series', {
        metric: METRICS.requestDuration.name,
        from,
        to: minuteOf(this.now) + 60_000,
        stepMs,
        by: ['service'],
        filters: {},
        quantiles: [],
        seriesMax: 100,
      })
      const stored = Object.fromEntries(
        series.flatMap(({ labels, points }) =>
          points.map(({ at, count, sum }) => [
            `${labels['service']} ${at}`,
            [count, Math.round((sum ?? 0) * 1e6)],
          ]),
        ),
      )
      const inside = this.counted.filter(({ timestamp }) => timestamp >= from)
      const keyOf = ({ service, timestamp }: Counted) =>
        `${service} ${Math.floor(timestamp / stepMs) * stepMs}`
      const counts = countBy(inside, keyOf)
      const sums = sumBy(inside, keyOf, ({ total_latency_ms }) => total_latency_ms * 1000)
      const expected = Object.fromEntries(Object.keys(counts).map((key) => [key, [counts[key], sums[key]]]))
      deepEqual(stored, expected)
    }
  }

  #range(): { from: number; to: number } {
    return { from: this.now - HORIZON_MS, to: this.now + 1 }
  }
}

function spentBy({ generations = [], docstore_cost_nano_usd = 0 }: Counted, provider?: string): number {
  return generations
    .filter((one) => provider === undefined || one.provider === provider)
    .reduce((sum, one) => sum + (one.cost_nano_usd ?? 0), provider === undefined ? docstore_cost_nano_usd : 0)
}

function sumUsd(costsNanoUsd: readonly number[]): number | null {
  return costsNanoUsd.length === 0 ? null : costsNanoUsd.reduce((sum, cost) => sum + cost, 0) / 1e9
}

/** What `/stats` says of costs, from the requests themselves: null where nothing is known. */
function costOf(counted: readonly Counted[]): {
  usd: number | null
  llm_usd: number | null
  docstore_usd: number | null
} {
  const prices = counted
    .flatMap(({ generations = [] }) => generations)
    .map(({ cost_nano_usd }) => cost_nano_usd)
    .filter((cost) => typeof cost === 'number')
  const docstore = counted.map((one) => one.docstore_cost_nano_usd).filter((cost) => cost !== undefined)
  return {
    usd: sumUsd([...prices, ...docstore]),
    llm_usd: sumUsd(prices),
    docstore_usd: sumUsd(docstore),
  }
}

function payerOf({ org, service }: { org?: string | undefined; service?: string }): string {
  return `${org ?? ''} ${service ?? ''}`
}

function isError({ status }: Counted): boolean {
  return status === 'error' || status === 'timeout'
}

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Record<string, number> {
  return sumBy(items, keyOf, () => 1)
}

function sumBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  valueOf: (item: Item) => number,
): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const item of items) sums[keyOf(item)] = (sums[keyOf(item)] ?? 0) + valueOf(item)
  return sums
}
