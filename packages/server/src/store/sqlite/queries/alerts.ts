/** What is kept of alerts: their state, their history, what became of their notifications. */
import type { Database, SqlRow, SqlValue } from '../../../lib/sqlite.ts'
import type {
  AlertHistoryQuery,
  AlertMemory,
  NotificationsQuery,
  StoredAlert,
  StoredAttempt,
  StoredNotice,
  StoredTransition,
} from '../../store.ts'

export function readAlertMemory(database: Database): AlertMemory {
  const rows = (sql: string) => database.prepare(sql).all()
  const evaluatedAt = database.prepare("SELECT value FROM meta WHERE key = 'alerts_evaluated_at'").get()?.[
    'value'
  ]
  return {
    alerts: rows('SELECT * FROM alert_states').map(alertOf),
    silences: rows('SELECT * FROM silences ORDER BY starts_at').map((row) => ({
      id: String(row['id']),
      matchers: json(row['matchers']) as AlertMemory['silences'][number]['matchers'],
      startsAt: Number(row['starts_at']),
      endsAt: Number(row['ends_at']),
      author: String(row['author']),
      comment: String(row['comment']),
      createdAt: Number(row['created_at']),
    })),
    notices: rows('SELECT * FROM alert_notices').map((row) => ({
      notifier: String(row['notifier']),
      alert: String(row['alert']),
      state: String(row['state']) as StoredNotice['state'],
      at: Number(row['at']),
    })),
    evaluatedAt: evaluatedAt === undefined ? null : Number(evaluatedAt),
  }
}

/** The latest first. */
export function queryAlertHistory(database: Database, query: AlertHistoryQuery): StoredTransition[] {
  return database
    .prepare(
      `SELECT * FROM alert_transitions WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR name = ?3) AND (?4 IS NULL OR alert = ?4)
       ORDER BY number DESC LIMIT ?5`,
    )
    .all(query.from, query.to, query.name ?? null, query.id ?? null, query.limit)
    .map((row) => ({
      at: Number(row['at']),
      id: String(row['alert']),
      name: String(row['name']),
      labels: json(row['labels']) as Record<string, string>,
      from: String(row['from_state']),
      to: String(row['to_state']),
      value: Number(row['value']),
    }))
}

/** The latest first. */
export function queryNotifications(database: Database, query: NotificationsQuery): StoredAttempt[] {
  return database
    .prepare(
      `SELECT * FROM notification_attempts WHERE (?1 IS NULL OR notifier = ?1) AND (?2 IS NULL OR outcome = ?2)
       ORDER BY number DESC LIMIT ?3`,
    )
    .all(query.notifier ?? null, query.outcome ?? null, query.limit)
    .map((row) => ({
      at: Number(row['at']),
      notifier: String(row['notifier']),
      notification: String(row['notification']),
      attempt: Number(row['attempt']),
      outcome: String(row['outcome']) as StoredAttempt['outcome'],
      error: row['error'] === null ? null : String(row['error']),
      durationMs: Number(row['duration_ms']),
      alerts: json(row['alerts']) as StoredAttempt['alerts'],
    }))
}

function alertOf(row: SqlRow): StoredAlert {
  return {
    id: String(row['id']),
    name: String(row['name']),
    labels: json(row['labels']) as Record<string, string>,
    state: String(row['state']) as StoredAlert['state'],
    value: Number(row['value']),
    activeAt: Number(row['active_at']),
    firedAt: numberOrNull(row['fired_at']),
    quietSince: numberOrNull(row['quiet_since']),
    resolvedAt: numberOrNull(row['resolved_at']),
  }
}

function numberOrNull(value: SqlValue | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}

function json(value: SqlValue | undefined): unknown {
  return JSON.parse(String(value))
}
