/** Notifications of one notifier on their way: one for each group at a time, tried again in later rounds until it is delivered. */
import type { StoredAttempt } from '../../store/store.ts'
import { NotifyError } from './notify-error.ts'
import { notificationOf } from './notification.ts'
import type { DueNotification, Notification } from './notification.ts'

/** So many are sent at once; a receiver that hangs holds up no more groups than that. */
const SENDS_MAX = 4
const ATTEMPTS_MAX = 10
const PAUSE_MIN_MS = 15_000
const PAUSE_MAX_MS = 5 * 60_000
/** What was given up is told again after so long, if it is still true: the group interval of Alertmanager. */
const GIVEN_UP_PAUSE_MS = 5 * 60_000

export interface DeliveryOptions {
  readonly notifier: string
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<void>
  /** Called after every attempt. */
  readonly onAttempt: (attempt: StoredAttempt, notification: Notification) => void
  /** No pause after a failure is longer, whatever the receiver asks for. */
  readonly pauseMaxMs: number
  /** Epoch milliseconds. */
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
  /** Makes the id of a notification, which all attempts to deliver it have. */
  readonly newId: () => string
}

/** What the next attempt goes on from. */
interface Failed {
  readonly id: string
  /** Of the first attempt that failed in a row. */
  readonly since: number
  readonly error: string
  readonly attempts: number
  readonly pausedUntil: number
}

export class Deliveries {
  readonly #options: DeliveryOptions
  /** What waits for its turn in this round, by key. */
  readonly #waiting = new Map<string, DueNotification>()
  readonly #sending = new Map<string, Promise<void>>()
  readonly #failed = new Map<string, Failed>()
  readonly #stop = new AbortController()
  /** Rejects when deliveries are closed: not every receiver can be told to hurry. */
  readonly #stopped: Promise<never>

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#stopped = new Promise((_, reject) => {
      this.#stop.signal.addEventListener('abort', () => reject(new Error('the daemon is stopping')))
    })
    this.#stopped.catch(() => undefined)
  }

  /** Groups that wait, are being told, or could not be told. */
  get length(): number {
    return new Set([...this.#waiting.keys(), ...this.#sending.keys(), ...this.#failed.keys()]).size
  }

  /** What could not be told for the longest time; undefined if nothing waits for another attempt. */
  get failure(): { readonly since: number; readonly error: string } | undefined {
    const [oldest] = Array.from(this.#failed.values()).toSorted((left, right) => left.since - right.since)
    return oldest === undefined ? undefined : { since: oldest.since, error: oldest.error }
  }

  /**
   * Sends what may be sent now. What pauses after a failure, or is on its way, is offered again in the next round, as it is
   * then: nothing stale is sent, and nothing is kept here that could be lost.
   * @param due all that has to be told now, the most urgent first
   */
  offer(due: readonly DueNotification[]): void {
    if (this.#stop.signal.aborted) return
    const at = this.#options.now()
    const keys = new Set(due.map(({ key }) => key))
    for (const key of this.#failed.keys()) if (!keys.has(key)) this.#failed.delete(key)
    this.#waiting.clear()
    for (const one of due) {
      const isPaused = !one.isUrgent && at < (this.#failed.get(one.key)?.pausedUntil ?? -Infinity)
      if (!isPaused && !this.#sending.has(one.key)) this.#waiting.set(one.key, one)
    }
    this.#sendNext()
  }

  /** What is not delivered is told again after the next start. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#waiting.clear()
    await Promise.all(this.#sending.values())
  }

  #sendNext(): void {
    for (const [key, one] of this.#waiting) {
      if (this.#sending.size >= SENDS_MAX) return
      this.#waiting.delete(key)
      const sent = this.#deliver(one).finally(() => {
        this.#sending.delete(key)
        this.#sendNext()
      })
      this.#sending.set(key, sent)
    }
  }

  async #deliver({ key, alerts }: DueNotification): Promise<void> {
    const { send, now, newId, pauseMaxMs } = this.#options
    const { signal } = this.#stop
    const earlier = this.#failed.get(key)
    const attempt = (earlier?.attempts ?? 0) + 1
    const notification = notificationOf(alerts, earlier?.id ?? newId())
    const startedAt = now()
    try {
      await Promise.race([send(notification, signal), this.#stopped])
      this.#failed.delete(key)
      this.#report(notification, attempt, 'delivered', null, now() - startedAt)
    } catch (error) {
      if (signal.aborted) return
      const failure =
        error instanceof NotifyError ? error : new NotifyError('internal error', { isRetryable: false })
      const isDead = !failure.isRetryable || attempt >= ATTEMPTS_MAX
      const pauseMs = isDead ? GIVEN_UP_PAUSE_MS : (failure.retryAfterMs ?? this.#pauseMs(attempt))
      const pausedUntil = now() + Math.min(pauseMs, pauseMaxMs)
      const next = isDead ? { id: newId(), attempts: 0 } : { id: notification.id, attempts: attempt }
      const since = earlier?.since ?? now()
      this.#failed.set(key, { ...next, pausedUntil, since, error: failure.message })
      this.#report(notification, attempt, isDead ? 'dead' : 'failed', failure.message, now() - startedAt)
    }
  }

  /** Doubles from try to try; spread, so that notifiers do not all come at once. */
  #pauseMs(attempt: number): number {
    const full = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** (attempt - 1))
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
