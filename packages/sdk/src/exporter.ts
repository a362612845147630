/**
 * Sends sealed batches one after the other, each until it is taken. While one waits, what is measured keeps adding
 * up in the recorder, so that an outage costs memory by the minute and not by the request.
 */
import { LIMITS } from '@ragmeter/core'
import { backoffMs } from './backoff.ts'
import { compress } from './batch-sealer.ts'
import type { DiagnosticListener } from './diagnostics.ts'
import { failureOf } from './failure.ts'
import type { Spool, SpooledBatch } from './spool.ts'
import type { Delivery, SealedBatch, Transport } from './transport.ts'

export interface ExporterOptions {
  transport: Transport
  /** Takes out and seals everything that waits. */
  seal: (closed: boolean) => SealedBatch[]
  /** Whether there is anything worth a batch. */
  hasNews: () => boolean
  /** Compression is for the network: to a daemon on the same machine it costs more than it saves. */
  compresses: boolean
  spool: Spool | undefined
  onDropped: (batch: SealedBatch | SpooledBatch, reason: DroppedBecause) => void
  /** Parts of a batch that was taken were not. */
  onRejected: (items: number) => void
  random: () => number
  /** Epoch milliseconds. */
  now: () => number
  monotonicNow: () => number
  report: DiagnosticListener
}

export type DroppedBecause =
  | 'rejected'
  | 'too_large'
  | 'gave_up'
  | 'measurement_overflow'
  | 'spool_full'
  | 'expired'

/** A batch that has not been taken yet: in memory, or in the spool. */
interface Outstanding {
  readonly ordinal: number
  readonly batch: SealedBatch | SpooledBatch
}

interface Waiter {
  readonly ordinal: number
  readonly isPatient: boolean
  /** @param settled whether nothing waits any more */
  readonly resolve: (settled: boolean) => void
}

/** What becomes of a batch that will not be sent again. */
type Outcome =
  | Extract<Delivery, { kind: 'accepted' }>
  | {
      readonly kind: 'dropped'
      readonly because: DroppedBecause
      readonly reason: string
      readonly hint: string
    }

/** Sealed batches kept in memory for want of a spool with room, in bytes as they are sent; above it new ones are dropped. */
const MEMORY_BYTES_MAX = 32 * 1024 * 1024
/** Without room in a spool, measurements add up this long behind a batch that waits before they are sealed too. */
const SEAL_BEHIND_AFTER_MS = 15 * 60_000
/** A client with nothing to say still says that it lives, and repeats its gauges. */
const HEARTBEAT_MS = 60_000
/** Attempts for an answer that may be final: one batch must not block all others for ever. */
const DOUBTFUL_ATTEMPTS_MAX = 6

type Retry = Extract<Delivery, { kind: 'retry' }>

const UNREADABLE: Outcome = {
  kind: 'dropped',
  because: 'rejected',
  reason: 'A spooled batch cannot be read',
  hint: 'Check the disk of the spool.',
}
const EXPIRED: Outcome = {
  kind: 'dropped',
  because: 'expired',
  reason: 'Sent so late, it could be counted twice',
  hint: 'Check that a process with this spool reaches the daemon at least once a month.',
}

function outcomeOf(delivery: Delivery | Outcome): Outcome {
  const { kind } = delivery
  if (kind === 'accepted' || kind === 'dropped') return delivery
  const { reason, hint = 'See the log of the daemon.' } = delivery
  if (kind === 'retry') return { kind: 'dropped', because: 'gave_up', reason, hint }
  return { kind: 'dropped', because: delivery.isTooLarge ? 'too_large' : 'rejected', reason, hint }
}

const DELIVERIES: ReadonlySet<unknown> = new Set(['accepted', 'retry', 'rejected'])

function isDelivery(value: unknown): value is Delivery {
  return typeof value === 'object' && value !== null && 'kind' in value && DELIVERIES.has(value.kind)
}

export class Exporter {
  readonly #options: ExporterOptions
  readonly #outstanding: Outstanding[] = []
  readonly #waiters: Waiter[] = []
  #ordinal = 0
  #memoryBytes = 0
  #sealing: Promise<void> = Promise.resolve()
  #lastSealMs = -Infinity
  #isSending = false
  #isClosed = false
  /** What was said of the outage so far; empty when there is none. */
  readonly #told = new Set<string>()
  /** Batches that were not taken, or not in full, since the start. */
  #losses = 0
  #wake: (() => void) | undefined
  #mustWait = false

  constructor(options: ExporterOptions) {
    this.#options = options
  }

  /** Batches that are sealed and not taken yet. */
  get outstanding(): number {
    return this.#outstanding.length
  }

  /** The regular beat: seals if there is news, and keeps sending. Never throws. */
  async tick(): Promise<void> {
    const isDue = this.#options.hasNews() || this.#sealAgeMs() >= HEARTBEAT_MS
    if (isDue && this.#canSeal() && !this.#isClosed) await this.#seal(false)
    this.#start()
  }

  /**
   * Tries to send everything now.
   * @returns whether all of it was taken; if not, sending goes on in the background
   */
  async flush(closed = false): Promise<boolean> {
    if (this.#isClosed) return this.#outstanding.length === 0
    const losses = this.#losses
    if (!this.#canSeal() && !(await this.#settled(false))) return false
    if (closed || this.#options.hasNews()) await this.#seal(closed)
    return (await this.#settled(false)) && this.#losses === losses
  }

  /** Seals the last batch and waits until all are taken, or the time is over. */
  async close(timeoutMs: number): Promise<boolean> {
    if (this.#isClosed) return this.#outstanding.length === 0
    const losses = this.#losses
    await this.#seal(true)
    this.#isClosed = true
    // This timer may keep the process alive: whoever closes wants the last batch to arrive.
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs)
    })
    const settled = await Promise.race([this.#settled(true), timeout])
    clearTimeout(timer)
    this.#closeTransport()
    this.#wake?.()
    if (!settled) this.#reportLost()
    return settled && this.#losses === losses
  }

  /** Adds batches of processes that are gone; they keep an order of their own. */
  adopt(batches: readonly SpooledBatch[]): void {
    for (const batch of batches) this.#outstanding.push({ ordinal: (this.#ordinal += 1), batch })
    this.#start()
  }

  /** Seals into the spool without waiting: the process is about to end. */
  sealNow(): void {
    const { spool, seal, hasNews } = this.#options
    if (spool === undefined || this.#isClosed || !hasNews()) return
    for (const batch of seal(true)) spool.writeNow(batch)
  }

  /** Without room on disk, measurements add up behind a batch that waits instead of becoming batches of their own. */
  #canSeal(): boolean {
    if (this.#outstanding.length === 0 || this.#options.spool?.hasRoom === true) return true
    return this.#sealAgeMs() >= SEAL_BEHIND_AFTER_MS
  }

  #sealAgeMs(): number {
    return this.#options.monotonicNow() - this.#lastSealMs
  }

  #seal(closed: boolean): Promise<void> {
    this.#sealing = this.#sealing
      .then(() => this.#sealAll(closed))
      .catch((error: unknown) => {
        this.#losses += 1
        this.#reportBug(error)
      })
    return this.#sealing
  }

  async #sealAll(closed: boolean): Promise<void> {
    this.#lastSealMs = this.#options.monotonicNow()
    for (const batch of this.#options.seal(closed)) {
      await this.#enqueue(this.#options.compresses ? await compress(batch) : batch)
    }
  }

  async #enqueue(batch: SealedBatch): Promise<void> {
    const spooled = (await this.#options.spool?.write(batch)) ?? 'failed'
    if (typeof spooled !== 'string') {
      this.#outstanding.push({ ordinal: (this.#ordinal += 1), batch: spooled })
      return
    }
    if (this.#memoryBytes + batch.body.byteLength > MEMORY_BYTES_MAX) {
      this.#losses += 1
      return this.#options.onDropped(batch, spooled === 'full' ? 'spool_full' : 'measurement_overflow')
    }
    this.#memoryBytes += batch.body.byteLength
    this.#outstanding.push({ ordinal: (this.#ordinal += 1), batch })
  }

  /** Resolves when everything sealed so far is settled; an impatient one also when an attempt fails. */
  #settled(isPatient: boolean): Promise<boolean> {
    const ordinal = this.#ordinal
    if (this.#outstanding.length === 0) return Promise.resolve(true)
    // A pause that the server asked for is kept even when the application is in a hurry.
    if (this.#mustWait && !isPatient) return Promise.resolve(false)
    const settled = new Promise<boolean>((resolve) => this.#waiters.push({ ordinal, isPatient, resolve }))
    if (!this.#mustWait) this.#wake?.()
    this.#start()
    return settled
  }

  #start(): void {
    if (this.#isSending || this.#outstanding.length === 0) return
    this.#isSending = true
    this.#sendAll()
      .catch((error: unknown) => this.#reportBug(error))
      .finally(() => (this.#isSending = false))
  }

  async #sendAll(): Promise<void> {
    let attempts = 0
    let doubtful = 0
    for (let head = this.#outstanding[0]; head !== undefined; head = this.#outstanding[0]) {
      const delivery = await this.#attempt(head.batch)
      attempts += 1
      if (delivery.kind === 'retry' && delivery.isDoubtful === true) doubtful += 1
      if (delivery.kind === 'retry' && doubtful < DOUBTFUL_ATTEMPTS_MAX) {
        this.#noteFailure(delivery)
        if (this.#isClosed && this.#waiters.length === 0) return
        await this.#pause(backoffMs(attempts, delivery.retryAfterMs, this.#options.random()), delivery)
        if (this.#isClosed && this.#waiters.length === 0) return
        continue
      }
      attempts = 0
      doubtful = 0
      this.#told.clear()
      await this.#settle(head, outcomeOf(delivery))
    }
  }

  async #attempt(batch: SealedBatch | SpooledBatch): Promise<Delivery | Outcome> {
    if (this.#options.now() - batch.sealedAt > LIMITS.batchAgeMaxMs) return EXPIRED
    const sealed = 'body' in batch ? batch : await this.#options.spool?.read(batch)
    return sealed === undefined ? UNREADABLE : this.#send(sealed)
  }

  /** A transport of the application's own may break its word and throw. */
  async #send(batch: SealedBatch): Promise<Delivery> {
    try {
      const delivery: unknown = await this.#options.transport.send(batch)
      if (isDelivery(delivery)) return delivery
      return { kind: 'retry', reason: 'The transport answered with no delivery', isDoubtful: true }
    } catch (error) {
      return { kind: 'retry', reason: `The transport failed: ${failureOf(error).message}`, isDoubtful: true }
    }
  }

  #closeTransport(): void {
    try {
      this.#options.transport.close()
    } catch (error) {
      this.#reportBug(error)
    }
  }

  async #settle(head: Outstanding, outcome: Outcome): Promise<void> {
    const { batch } = head
    const index = this.#outstanding.indexOf(head)
    if (index >= 0) this.#outstanding.splice(index, 1)
    if ('body' in batch) this.#memoryBytes -= batch.body.byteLength
    else await this.#options.spool?.remove(batch)
    if (outcome.kind === 'dropped') this.#drop(batch, outcome)
    else if (outcome.rejected !== undefined && outcome.rejected > 0)
      this.#noteRejected(batch, outcome.rejected)
    for (const waiter of this.#waiters.splice(0)) {
      const isOver = this.#outstanding.every(({ ordinal }) => ordinal > waiter.ordinal)
      if (isOver) waiter.resolve(true)
      else this.#waiters.push(waiter)
    }
  }

  #drop(
    batch: SealedBatch | SpooledBatch,
    { because, reason, hint }: Extract<Outcome, { kind: 'dropped' }>,
  ): void {
    this.#losses += 1
    this.#options.onDropped(batch, because)
    this.#options.report({
      code: 'batch_rejected',
      message: `${reason}: batch ${batch.sequence} is dropped (${batch.traces} traces, ${batch.measurements} measurements).`,
      hint,
    })
  }

  #noteRejected(batch: SealedBatch | SpooledBatch, items: number): void {
    this.#losses += 1
    this.#options.onRejected(items)
    this.#options.report({
      code: 'batch_rejected',
      message: `The daemon took batch ${batch.sequence}, but not ${items} of its ${batch.measurements} measurements.`,
      hint: 'Check the clock of this machine, and that the daemon is as new as the SDK.',
    })
  }

  /** Each thing to do is told once in an outage: what is wrong may change while it lasts. */
  #noteFailure({ reason, hint = 'Check that it runs: ragmeter status.' }: Retry): void {
    if (!this.#told.has(hint)) {
      this.#told.add(hint)
      this.#options.report({
        code: 'daemon_unreachable',
        message: `The daemon does not take batches: ${reason}. They are kept and sent again.`,
        hint,
      })
    }
    for (const waiter of this.#waiters.splice(0)) {
      if (waiter.isPatient) this.#waiters.push(waiter)
      else waiter.resolve(false)
    }
  }

  #pause(durationMs: number, delivery: Retry): Promise<void> {
    return new Promise((resolve) => {
      this.#mustWait = delivery.retryAfterMs !== undefined
      const timer = setTimeout(() => this.#wake?.(), durationMs)
      timer.unref()
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        this.#mustWait = false
        resolve()
      }
    })
  }

  #reportLost(): void {
    this.#waiters.length = 0
    const kept = this.#outstanding.filter(({ batch }) => !('body' in batch)).length
    const lost = this.#outstanding.length - kept
    if (lost === 0) return
    this.#options.report({
      code: 'batch_dropped',
      message: `${lost} batches were not taken before the client closed.`,
      hint: 'Set `spoolDirectory`: what lies there is sent by the next process.',
    })
  }

  #reportBug(error: unknown): void {
    this.#options.report({
      code: 'internal',
      message: `Sending failed: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Please report it at https://github.com/ragmeter/ragmeter/issues.',
    })
  }
}
