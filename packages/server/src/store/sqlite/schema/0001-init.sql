-- Facts of one request: narrow and numeric. (timestamp, id) is the only always-on b-tree: a unique index over
-- random ids alone collapses once it outgrows the cache, and a retry carries the same start and id anyway.
-- id: 16-byte blob for a UUID, text for any other id.
CREATE TABLE traces (
  timestamp INTEGER NOT NULL,
  id BLOB NOT NULL,
  total_latency_ms REAL NOT NULL,
  status TEXT NOT NULL,
  service TEXT NOT NULL,
  environment TEXT,
  release TEXT,
  instance TEXT,
  operation TEXT,
  endpoint TEXT,
  intent TEXT,
  org TEXT,
  user_id TEXT,
  session_id TEXT,
  error_type TEXT,
  trace_id TEXT,
  request_id TEXT,
  query_hash BLOB,
  query_length INTEGER,
  retriever TEXT,
  retrieval_latency_ms REAL,
  retrieval_count INTEGER,
  top_score REAL,
  generation_latency_ms REAL,
  answer_length INTEGER,
  provider TEXT,
  model TEXT,
  model_raw TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cost_nano_usd INTEGER,
  feedback TEXT,
  kept_reason TEXT,
  kept_probability REAL,
  metadata TEXT,
  PRIMARY KEY (timestamp, id)
) WITHOUT ROWID;

CREATE INDEX traces_failed ON traces (timestamp, status) WHERE status IN ('error', 'timeout');

-- What a list never shows: stages, documents, scores, generations. JSON, deflated where that makes it smaller.
CREATE TABLE trace_details (
  timestamp INTEGER NOT NULL,
  id BLOB NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (timestamp, id)
) WITHOUT ROWID;

-- Starts of traces that state an id but no timestamp: a retry of them must find the same key.
CREATE TABLE undated_traces (
  id BLOB PRIMARY KEY,
  timestamp INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX undated_traces_timestamp ON undated_traces (timestamp);

-- Lifetime totals of every series: counters survive restarts.
-- value: integer (counter), real (gauge) or packed histogram.
CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  metric TEXT NOT NULL,
  labels TEXT NOT NULL,
  value BLOB,
  last_seen INTEGER NOT NULL,
  UNIQUE (metric, labels)
);

-- Measurements that are committed but not yet folded into the tables below; the same JSON as on the wire.
CREATE TABLE measurement_journal (
  id INTEGER PRIMARY KEY,
  body TEXT NOT NULL
);

CREATE TABLE rollup_1m (series INTEGER NOT NULL, bucket INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (series, bucket)) WITHOUT ROWID;
CREATE TABLE rollup_1h (series INTEGER NOT NULL, bucket INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (series, bucket)) WITHOUT ROWID;
CREATE TABLE rollup_1d (series INTEGER NOT NULL, bucket INTEGER NOT NULL, value BLOB NOT NULL, PRIMARY KEY (series, bucket)) WITHOUT ROWID;

CREATE TABLE ledger_requests (
  day TEXT NOT NULL,
  org TEXT NOT NULL,
  service TEXT NOT NULL,
  environment TEXT NOT NULL,
  operation TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  dimensions TEXT NOT NULL,
  requests INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  retrieval_us INTEGER NOT NULL,
  retrievals INTEGER NOT NULL,
  llm_us INTEGER NOT NULL,
  llm_calls INTEGER NOT NULL,
  documents INTEGER NOT NULL,
  docstore_cost_nano_usd INTEGER NOT NULL,
  llm_cost_nano_usd INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  PRIMARY KEY (day, org, service, environment, operation, endpoint, dimensions)
) WITHOUT ROWID;

CREATE TABLE ledger_generations (
  day TEXT NOT NULL,
  org TEXT NOT NULL,
  service TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  calls INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cache_read_tokens INTEGER NOT NULL,
  cache_write_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  cost_nano_usd INTEGER NOT NULL,
  unpriced INTEGER NOT NULL,
  uncounted INTEGER NOT NULL,
  PRIMARY KEY (day, org, service, provider, model)
) WITHOUT ROWID;

-- Delivery accounting. gaps: JSON list of [first, last] of batch numbers that were skipped and may still come.
CREATE TABLE clients (
  instance TEXT PRIMARY KEY,
  name TEXT,
  version TEXT,
  service TEXT,
  last_sequence INTEGER NOT NULL,
  gaps TEXT NOT NULL,
  batches INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  traces_accepted INTEGER NOT NULL,
  traces_rejected INTEGER NOT NULL,
  dropped TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  closed INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE feedback (
  event_id TEXT PRIMARY KEY,
  trace TEXT NOT NULL,
  at INTEGER NOT NULL,
  service TEXT NOT NULL,
  rating TEXT NOT NULL,
  comment TEXT
) WITHOUT ROWID;
CREATE INDEX feedback_trace ON feedback (trace);

CREATE TABLE scores (
  event_id TEXT NOT NULL,
  metric TEXT NOT NULL,
  trace TEXT NOT NULL,
  at INTEGER NOT NULL,
  service TEXT NOT NULL,
  score REAL NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (event_id, metric)
) WITHOUT ROWID;
CREATE INDEX scores_trace ON scores (trace);

-- Small facts of the database itself: the key of the query hash, the deletion watermark.
CREATE TABLE meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
