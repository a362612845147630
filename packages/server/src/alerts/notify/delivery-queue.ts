/** Notifications of one notifier, one after the other, each tried until it is delivered or given up. */
import type { StoredAttempt } from '../../store/store.ts'
import { NotifyError } from './notify-error.ts'
import type { Notification } from './notification.ts'

/** Notifications that wait; more than that is an outage of the receiver, and the oldest are of the least use. */
const WAITING_MAX = 100
const ATTEMPTS_MAX = 10
const WAIT_MIN_MS = 1000
const WAIT_MAX_MS = 5 * 60_000

export interface DeliveryOptions {
  readonly notifier: string
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<void>
  /** Called after every attempt. */
  readonly onAttempt: (attempt: StoredAttempt, notification: Notification) => void
  /** Epoch milliseconds. */
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  /** Rejects when the signal is aborted. */
  readonly sleep: (durationMs: number, signal: AbortSignal) => Promise<void>
}

export class DeliveryQueue {
  readonly #options: DeliveryOptions
  readonly #waiting: Notification[] = []
  readonly #stop = new AbortController()
  /** Rejects when the queue is closed: not every receiver can be told to hurry. */
  readonly #stopped: Promise<never>
  #running: Promise<void> | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#stopped = new Promise((_, reject) => {
      this.#stop.signal.addEventListener('abort', () => reject(new Error('the daemon is stopping')))
    })
    this.#stopped.catch(() => undefined)
  }

  get length(): number {
    return this.#waiting.length
  }

  add(notification: Notification): void {
    if (this.#stop.signal.aborted) return
    if (this.#waiting.length >= WAITING_MAX) {
      const [oldest] = this.#waiting.splice(0, 1)
      if (oldest !== undefined) this.#report(oldest, 0, 'dead', `${WAITING_MAX} notifications are waiting`, 0)
    }
    this.#waiting.push(notification)
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  /** Replaces what waits: for receivers that are told the whole state each time. */
  replace(notification: Notification): void {
    this.#waiting.splice(0)
    this.add(notification)
  }

  /** What is not delivered is told again after the next start. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (signal.aborted) return
      await this.#deliver(next)
    }
  }

  async #deliver(notification: Notification): Promise<void> {
    const { send, now, sleep } = this.#options
    const { signal } = this.#stop
    for (let attempt = 1; ; attempt += 1) {
      const startedAt = now()
      try {
        await Promise.race([send(notification, signal), this.#stopped])
        this.#report(notification, attempt, 'delivered', null, now() - startedAt)
        return
      } catch (error) {
        if (signal.aborted) return
        const failure =
          error instanceof NotifyError ? error : new NotifyError('internal error', { isRetryable: false })
        const isDead = !failure.isRetryable || attempt >= ATTEMPTS_MAX
        this.#report(notification, attempt, isDead ? 'dead' : 'failed', failure.message, now() - startedAt)
        if (isDead) return
        try {
          await sleep(failure.retryAfterMs ?? this.#waitMs(attempt), signal)
        } catch {
          return
        }
      }
    }
  }

  /** Doubles from try to try; spread, so that notifiers do not all come at once. */
  #waitMs(attempt: number): number {
    const full = Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** (attempt - 1))
    return full * (0.5 + this.#options.random() / 2)
  }

  #report(
    notification: Notification,
    attempt: number,
    outcome: StoredAttempt['outcome'],
    error: string | null,
    durationMs: number,
  ): void {
    const alerts = notification.alerts.map(({ id, alert, status }) => ({
      id,
      name: alert.name,
      state: status,
    }))
    const { notifier, now, onAttempt } = this.#options
    onAttempt(
      { at: now(), notifier, notification: notification.id, attempt, outcome, error, durationMs, alerts },
      notification,
    )
  }
}
