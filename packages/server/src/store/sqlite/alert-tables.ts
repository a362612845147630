/** What alerts change: one transaction each, by the one thread that writes. */
import { rollBack } from '../../lib/sqlite.ts'
import type { Database, Statement } from '../../lib/sqlite.ts'
import type { AlertWrite, StoredAlert, StoredAttempt } from '../store.ts'

/** The latest rows of these tables are kept; older ones are deleted. */
const TRANSITIONS_MAX = 10_000
const ATTEMPTS_MAX = 10_000
/** Silences are deleted so long after their end, and notices that were not renewed: what goes on is told again within days. */
const ENDED_KEPT_MS = 30 * 24 * 3_600_000

const UPSERT_ALERT = `INSERT OR REPLACE INTO alert_states (id, name, labels, state, value, active_at, fired_at, quiet_since, resolved_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
const INSERT_TRANSITION = `INSERT INTO alert_transitions (at, alert, name, labels, from_state, to_state, value)
  VALUES (?, ?, ?, ?, ?, ?, ?)`
const UPSERT_SILENCE = `INSERT OR REPLACE INTO silences (id, matchers, starts_at, ends_at, author, comment, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)`
const INSERT_ATTEMPT = `INSERT INTO notification_attempts (at, notifier, notification, attempt, outcome, error, duration_ms, alerts)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`

export class AlertTables {
  readonly #database: Database
  readonly #statements: Readonly<Record<keyof typeof SQL, Statement>>

  constructor(database: Database) {
    this.#database = database
    this.#statements = Object.fromEntries(
      Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof SQL, Statement>
  }

  /** @throws the database's error, and nothing is written */
  write(write: AlertWrite): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      this.#put(write)
      this.#database.exec('COMMIT')
    } catch (error) {
      rollBack(this.#database)
      throw error
    }
  }

  #put(write: AlertWrite): void {
    const { upsertAlert, deleteAlert, insertTransition, upsertSilence, upsertNotice, evaluated } =
      this.#statements
    for (const alert of write.alerts) upsertAlert.run(...rowOf(alert))
    for (const id of write.ended) deleteAlert.run(id)
    for (const { at, id, name, labels, from, to, value } of write.transitions) {
      insertTransition.run(at, id, name, JSON.stringify(labels), from, to, value)
    }
    for (const { id, matchers, startsAt, endsAt, author, comment, createdAt } of write.silences) {
      upsertSilence.run(id, JSON.stringify(matchers), startsAt, endsAt, author, comment, createdAt)
    }
    for (const { notifier, alert, state, at } of write.notices) upsertNotice.run(notifier, alert, state, at)
    for (const attempt of write.attempts) this.#putAttempt(attempt)
    if (write.evaluatedAt !== null) evaluated.run(write.evaluatedAt)
    this.#trim(write)
  }

  #putAttempt(attempt: StoredAttempt): void {
    const { at, notifier, notification, outcome, error, durationMs, alerts } = attempt
    this.#statements.insertAttempt.run(
      at,
      notifier,
      notification,
      attempt.attempt,
      outcome,
      error,
      durationMs,
      JSON.stringify(alerts),
    )
  }

  #trim({ transitions, attempts, silences, notices }: AlertWrite): void {
    const { trimTransitions, trimAttempts, trimSilences, trimNotices } = this.#statements
    if (transitions.length > 0) trimTransitions.run(TRANSITIONS_MAX)
    if (attempts.length > 0) trimAttempts.run(ATTEMPTS_MAX)
    for (const { createdAt } of silences) trimSilences.run(createdAt - ENDED_KEPT_MS)
    for (const { at } of notices.slice(-1)) trimNotices.run(at - ENDED_KEPT_MS)
  }
}

const SQL = {
  upsertAlert: UPSERT_ALERT,
  deleteAlert: 'DELETE FROM alert_states WHERE id = ?',
  insertTransition: INSERT_TRANSITION,
  upsertSilence: UPSERT_SILENCE,
  upsertNotice: 'INSERT OR REPLACE INTO alert_notices (notifier, alert, state, at) VALUES (?, ?, ?, ?)',
  insertAttempt: INSERT_ATTEMPT,
  evaluated: "INSERT OR REPLACE INTO meta (key, value) VALUES ('alerts_evaluated_at', ?)",
  trimTransitions:
    'DELETE FROM alert_transitions WHERE number <= (SELECT max(number) FROM alert_transitions) - ?',
  trimAttempts:
    'DELETE FROM notification_attempts WHERE number <= (SELECT max(number) FROM notification_attempts) - ?',
  trimSilences: 'DELETE FROM silences WHERE ends_at < ?',
  trimNotices: 'DELETE FROM alert_notices WHERE at < ?',
} as const

function rowOf(alert: StoredAlert): (string | number | null)[] {
  const { id, name, labels, state, value, activeAt, firedAt, quietSince, resolvedAt } = alert
  return [id, name, JSON.stringify(labels), state, value, activeAt, firedAt, quietSince, resolvedAt]
}
