-- Alerts that are pending, firing, or resolved a moment ago: what evaluation goes on from after a restart.
CREATE TABLE alert_states (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  state TEXT NOT NULL,
  value REAL NOT NULL,
  active_at INTEGER NOT NULL,
  fired_at INTEGER,
  quiet_since INTEGER,
  resolved_at INTEGER
) WITHOUT ROWID;

-- Changes of state, the latest ones.
CREATE TABLE alert_transitions (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  alert TEXT NOT NULL,
  name TEXT NOT NULL,
  labels TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  value REAL NOT NULL
);

-- matchers: JSON list of name, value and whether they must be equal.
CREATE TABLE silences (
  id TEXT PRIMARY KEY,
  matchers TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  author TEXT NOT NULL,
  comment TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- What each notifier last told of each alert.
CREATE TABLE alert_notices (
  notifier TEXT NOT NULL,
  alert TEXT NOT NULL,
  state TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (notifier, alert)
) WITHOUT ROWID;

-- Every attempt to deliver a notification, the latest ones. outcome: delivered, failed or dead.
CREATE TABLE notification_attempts (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  notifier TEXT NOT NULL,
  notification TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT,
  duration_ms REAL NOT NULL,
  alerts TEXT NOT NULL
);
CREATE INDEX notification_attempts_dead ON notification_attempts (number) WHERE outcome = 'dead';
