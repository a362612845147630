/** For tests of applications: a transport that keeps what was sent, parsed as the daemon parses it. */
import { gunzipSync } from 'node:zlib'
import { MINUTE_MS, parseBatch } from '@ragmeter/core'
import type { LedgerRow, Measurement, ParsedBatch, ParseIssue, TraceEvent } from '@ragmeter/core'
import type { Delivery, SealedBatch, Transport } from './transport.ts'

export type { Delivery, SealedBatch, Transport } from './transport.ts'

/** Answers a batch in place of the daemon. */
export type Answer = (batch: SealedBatch, parsed: ParsedBatch) => Delivery | Promise<Delivery>

export interface InMemoryTransportOptions {
  /** @default every batch is accepted */
  answer?: Answer
}

/**
 * Keeps every batch that was accepted, once: a batch sent again is recognised as the daemon does.
 *
 * @example
 * const transport = new InMemoryTransport()
 * const monitor = new MonitorClient({ service: 'test', sampleRate: 1 }, { transport })
 * await ask(monitor, 'Where is the manual?')
 * await monitor.flush()
 * expect(transport.traces).toHaveLength(1)
 * expect(transport.total('rag_requests_total', { status: 'success' })).toBe(1)
 */
export class InMemoryTransport implements Transport {
  /** Accepted batches, in the order of their arrival. */
  readonly batches: ParsedBatch[] = []
  /** How often `send` was called. */
  attempts = 0
  readonly #answer: Answer
  readonly #watermarks = new Map<string, number>()

  constructor(options: InMemoryTransportOptions = {}) {
    this.#answer = options.answer ?? (() => ({ kind: 'accepted' }))
  }

  async send(batch: SealedBatch): Promise<Delivery> {
    this.attempts += 1
    const parsed = parseSealed(batch)
    const delivery = await this.#answer(batch, parsed)
    if (delivery.kind === 'accepted') this.accept(parsed)
    return delivery
  }

  /** Counts a batch unless it was counted before. */
  accept(batch: ParsedBatch): void {
    const instance = batch.client?.instance ?? ''
    const sequence = batch.sequence ?? 0
    if (sequence <= (this.#watermarks.get(instance) ?? 0)) return
    this.#watermarks.set(instance, sequence)
    this.batches.push(batch)
  }

  close(): void {}

  /** The traces that were kept. */
  get traces(): TraceEvent[] {
    return this.batches.flatMap((batch) => batch.traces.map(({ event }) => event))
  }

  /** What the daemon would complain about; empty if all is well. */
  get issues(): ParseIssue[] {
    return this.batches.flatMap((batch) => batch.issues)
  }

  get measurements(): Measurement[] {
    return this.batches.flatMap((batch) => batch.measurements ?? [])
  }

  get ledger(): LedgerRow[] {
    return this.batches.flatMap((batch) => batch.ledger)
  }

  /**
   * Sum of a counter, or number of observations of a histogram, over all series with these labels.
   * @param metric such as `rag_requests_total`
   * @returns in the unit of the wire: nano-USD for costs
   */
  total(metric: string, labels: Readonly<Record<string, string>> = {}): number {
    let total = 0
    for (const measurement of this.measurements) {
      if (measurement.metric !== metric || !hasLabels(measurement, labels)) continue
      if (measurement.type === 'counter') total += measurement.delta
      else if (measurement.type === 'histogram') total += measurement.count
    }
    return total
  }

  /** The value a gauge was set to last; undefined if it was not. */
  gauge(metric: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const measurement = this.measurements.findLast((one) => one.metric === metric && hasLabels(one, labels))
    return measurement?.type === 'gauge' ? measurement.value : undefined
  }
}

/** Reads a batch as the daemon reads it, at the time at which it was sealed: tests often have a clock of their own. */
export function parseSealed(batch: Pick<SealedBatch, 'body' | 'encoding'>): ParsedBatch {
  const bytes = batch.encoding === 'gzip' ? gunzipSync(batch.body) : batch.body
  const body = JSON.parse(Buffer.from(bytes).toString()) as { measurements?: { minute?: number }[] }
  const minutes = body.measurements?.map(({ minute }) => minute ?? 0) ?? []
  const parsed = parseBatch(body, {
    now:
      minutes.length === 0 ? Date.now() : minutes.reduce((left, right) => Math.max(left, right)) + MINUTE_MS,
    oldest: 0,
    service: 'unknown',
    fallbackId: (index) => `item-${index}`,
  })
  if (parsed === undefined) throw new Error('The batch is no JSON object')
  return parsed
}

function hasLabels(measurement: Measurement, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(labels).every(([name, value]) => (measurement.labels[name] ?? '') === value)
}
