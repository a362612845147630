/** What the database keeps of alerts. Times are epoch milliseconds UTC. */

/** An alert for one label set, as it is kept over restarts. */
export interface StoredAlert {
  id: string
  name: string
  labels: Readonly<Record<string, string>>
  state: 'pending' | 'firing' | 'resolved'
  value: number
  activeAt: number
  firedAt: number | null
  quietSince: number | null
  resolvedAt: number | null
}

/** One change of state. */
export interface StoredTransition {
  at: number
  /** Id of the alert. */
  id: string
  name: string
  labels: Readonly<Record<string, string>>
  from: string
  to: string
  value: number
}

export interface StoredSilence {
  id: string
  matchers: readonly { name: string; value: string; isEqual: boolean }[]
  startsAt: number
  endsAt: number
  author: string
  comment: string
  createdAt: number
}

/** What a notifier last told of an alert. */
export interface StoredNotice {
  notifier: string
  /** Id of the alert. */
  alert: string
  state: 'firing' | 'resolved'
  at: number
}

/** One attempt to deliver a notification. `dead`: the last one, and it failed. */
export interface StoredAttempt {
  at: number
  notifier: string
  /** The same for all attempts of one notification. */
  notification: string
  /** From 1. */
  attempt: number
  outcome: 'delivered' | 'failed' | 'dead'
  error: string | null
  durationMs: number
  alerts: readonly { id: string; name: string; state: string }[]
}

/** What alerts change in the database, in one transaction. */
export interface AlertWrite {
  alerts: readonly StoredAlert[]
  /** Ids of alerts that are inactive again. */
  ended: readonly string[]
  transitions: readonly StoredTransition[]
  silences: readonly StoredSilence[]
  notices: readonly StoredNotice[]
  attempts: readonly StoredAttempt[]
  /** Epoch milliseconds of the last evaluation; null leaves it as it is. */
  evaluatedAt: number | null
}

/** What evaluation goes on from. */
export interface AlertMemory {
  alerts: StoredAlert[]
  silences: StoredSilence[]
  notices: StoredNotice[]
  evaluatedAt: number | null
}

export interface AlertHistoryQuery {
  from: number
  to: number
  /** Only of this name. */
  name?: string
  /** Only of this id. */
  id?: string
  /** 1..1000, the latest. */
  limit: number
}

export interface NotificationsQuery {
  notifier?: string
  outcome?: 'delivered' | 'failed' | 'dead'
  /** 1..1000, the latest. */
  limit: number
}
