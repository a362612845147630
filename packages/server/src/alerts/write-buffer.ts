/** What alerts have changed and not yet written: one write at a time, and what could not be written is tried again. */
import type { AlertWrite, Store, StoredAttempt, StoredNotice, StoredSilence } from '../store/store.ts'
import type { ActiveAlert, Transition } from './alert-state.ts'

/** While the database cannot be written, no more than this is kept of each list. */
const KEPT_MAX = 10_000
const EVALUATED_INTERVAL_MS = 60_000

export class WriteBuffer {
  readonly #store: Pick<Store, 'writeAlerts'>
  /** What is written of each alert, by id: its changing part. */
  readonly #written = new Map<string, string>()
  #transitions: Transition[] = []
  #silences: StoredSilence[] = []
  #notices: StoredNotice[] = []
  #attempts: StoredAttempt[] = []
  #evaluatedAt = -Infinity
  #running: Promise<void> = Promise.resolve()

  constructor(store: Pick<Store, 'writeAlerts'>) {
    this.#store = store
  }

  /** What the database has already. */
  known(alerts: readonly ActiveAlert[]): void {
    for (const one of alerts) this.#written.set(one.id, changingPart(one))
  }

  transitions(list: readonly Transition[]): void {
    this.#transitions = [...this.#transitions, ...list].slice(-KEPT_MAX)
  }

  attempt(attempt: StoredAttempt, notices: readonly StoredNotice[]): void {
    this.#attempts = [...this.#attempts, attempt].slice(-KEPT_MAX)
    this.#notices = [...this.#notices, ...notices].slice(-KEPT_MAX)
  }

  silence(silence: StoredSilence): void {
    this.#silences.push(silence)
  }

  /** Writes what has changed. @param at of the evaluation @throws StoreError and keeps it all for the next time */
  flush(active: readonly ActiveAlert[], at: number): Promise<void> {
    const next = this.#running.then(() => this.#flush(active, at))
    this.#running = next.catch(() => undefined)
    return next
  }

  async #flush(active: readonly ActiveAlert[], at: number): Promise<void> {
    const parts = new Map(active.map((one) => [one.id, changingPart(one)]))
    const alerts = active
      .filter(({ id }) => this.#written.get(id) !== parts.get(id))
      .map((one) => ({ ...one }))
    const ended = Array.from(this.#written.keys()).filter((id) => !parts.has(id))
    const isTiming = active.some(({ state, quietSince }) => state === 'pending' || quietSince !== null)
    const isEvaluatedDue = isTiming && at - this.#evaluatedAt >= EVALUATED_INTERVAL_MS
    const write: AlertWrite = {
      alerts,
      ended,
      transitions: this.#transitions,
      silences: this.#silences,
      notices: this.#notices,
      attempts: this.#attempts,
      evaluatedAt: isEvaluatedDue || alerts.length > 0 ? at : null,
    }
    const { transitions, silences, notices, attempts } = write
    const count =
      alerts.length + ended.length + transitions.length + silences.length + notices.length + attempts.length
    if (count === 0 && write.evaluatedAt === null) return
    await this.#store.writeAlerts(write)
    for (const { id } of alerts) this.#written.set(id, parts.get(id) ?? '')
    for (const id of ended) this.#written.delete(id)
    if (write.evaluatedAt !== null) this.#evaluatedAt = at
    // What came meanwhile stays for the next time.
    this.#transitions = this.#transitions.filter((one) => !transitions.includes(one))
    this.#silences = this.#silences.filter((one) => !silences.includes(one))
    this.#notices = this.#notices.filter((one) => !notices.includes(one))
    this.#attempts = this.#attempts.filter((one) => !attempts.includes(one))
  }
}

function changingPart({ state, activeAt, quietSince }: ActiveAlert): string {
  return `${state} ${activeAt} ${quietSince ?? ''}`
}
