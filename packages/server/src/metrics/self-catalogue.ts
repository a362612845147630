/** The daemon's metrics about itself. Same rules as the catalogue of core, other prefix: `ragmeter_`. */
import { defineMetrics, enumLabel, HTTP_ERRORS, ISSUES, openLabel } from '@ragmeter/core'
import type { LabelDefinition, MetricDefinition } from '@ragmeter/core'

/** The stages that report on themselves. enrich and rollup are steps of the store's transaction, and counted with it. */
export const STAGES = ['ingest', 'store', 'metrics', 'alerts', 'api'] as const
export type DaemonStage = (typeof STAGES)[number]

/** Why a stage dropped something: an error code, or what the store made of a trace or of what came beside it. */
const DROP_REASONS = [
  ...Object.keys(HTTP_ERRORS),
  'duplicate',
  'rejected',
  'rejected_measurement',
  'rejected_ledger_row',
  'evaluation_failed',
]

const SECONDS_PER_UNIT = 1e6
const STAGE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Never stated. A registry keys every series by at least one label, and an empty value is left out on the page. */
const NONE = openLabel('label', 1)
/** What became of an attempt to tell somebody of an alert. */
export const NOTIFICATION_OUTCOMES = ['delivered', 'failed', 'dead'] as const
/** As many as ragmeter.yaml may name. */
const NOTIFIERS_MAX = 20

const stage = enumLabel('stage', STAGES)
const route = openLabel('route', 50)

type Definition = Omit<MetricDefinition, 'index'>

function define(
  type: MetricDefinition['type'],
  name: string,
  labels: readonly LabelDefinition[],
  help: string,
  unit = '',
  perUnit = 1,
): Definition {
  return {
    name,
    type,
    unit,
    help,
    labels: labels.length === 0 ? [NONE] : labels,
    perUnit,
    buckets: type === 'histogram' ? STAGE_BUCKETS : [],
    aggregation: 'max',
    scope: 'telemetry',
  }
}

export const SELF_METRICS = defineMetrics({
  buildInfo: define(
    'gauge',
    'ragmeter_build_info',
    [openLabel('version', 1)],
    'Version of the daemon, always 1.',
  ),
  accepted: define(
    'counter',
    'ragmeter_stage_accepted_total',
    [stage],
    'Items a stage took: bodies (ingest), traces (store), scrapes (metrics), evaluations of an alert (alerts), queries (api).',
  ),
  dropped: define(
    'counter',
    'ragmeter_stage_dropped_total',
    [stage, enumLabel('reason', DROP_REASONS)],
    'Items a stage did not take, by reason.',
  ),
  duration: define(
    'histogram',
    'ragmeter_stage_duration_seconds',
    [stage],
    'Time a stage took for one call.',
    'seconds',
    SECONDS_PER_UNIT,
  ),
  commitDuration: define(
    'histogram',
    'ragmeter_commit_duration_seconds',
    [NONE],
    'Time until a transaction was on disk.',
    'seconds',
    SECONDS_PER_UNIT,
  ),
  committedBodies: define(
    'counter',
    'ragmeter_committed_bodies_total',
    [],
    'Request bodies in committed transactions.',
  ),
  commits: define('counter', 'ragmeter_commits_total', [], 'Committed transactions.'),
  issues: define(
    'counter',
    'ragmeter_ingest_issues_total',
    [enumLabel('code', Object.keys(ISSUES))],
    'Rejected items and repaired fields, by the code of docs/reference/errors.md.',
  ),
  httpRequests: define(
    'counter',
    'ragmeter_http_requests_total',
    [route, openLabel('method', 10), openLabel('code', 30)],
    'HTTP responses of the daemon.',
  ),
  httpDuration: define(
    'histogram',
    'ragmeter_http_request_duration_seconds',
    [route],
    'HTTP latency of the daemon.',
    'seconds',
    SECONDS_PER_UNIT,
  ),
  inFlightRequests: define(
    'gauge',
    'ragmeter_ingest_in_flight_requests',
    [],
    'Bodies being received or waiting for their commit.',
  ),
  inFlightBytes: define('gauge', 'ragmeter_ingest_in_flight_bytes', [], 'Bytes of these bodies.', 'bytes'),
  notifications: define(
    'counter',
    'ragmeter_notifications_total',
    [openLabel('notifier', NOTIFIERS_MAX), enumLabel('outcome', NOTIFICATION_OUTCOMES)],
    'Attempts to tell somebody of alerts: failed ones are tried again, dead ones were given up.',
  ),
  storageBytes: define('gauge', 'ragmeter_storage_bytes', [], 'Database and write-ahead log.', 'bytes'),
  storageBytesLimit: define(
    'gauge',
    'ragmeter_storage_limit_bytes',
    [],
    'Limit of ragmeter_storage_bytes; absent if there is none.',
    'bytes',
  ),
  storageTraces: define('gauge', 'ragmeter_storage_traces', [], 'Traces in the database.'),
  storageOldest: define(
    'gauge',
    'ragmeter_storage_oldest_trace_timestamp_seconds',
    [],
    'Start of the oldest trace in the database.',
    'seconds',
  ),
  storageLastCommit: define(
    'gauge',
    'ragmeter_storage_last_commit_timestamp_seconds',
    [],
    'Unix time of the last commit.',
    'seconds',
  ),
  storageWritable: define(
    'gauge',
    'ragmeter_storage_writable',
    [],
    '1 if the last write to the database worked.',
  ),
  storageDeletedTraces: define(
    'counter',
    'ragmeter_storage_deleted_traces_total',
    [],
    'Traces deleted by retention.',
  ),
  eventLoopLag: define(
    'gauge',
    'ragmeter_event_loop_lag_max_seconds',
    [],
    'Longest time in the last one to two minutes for which the loop that answers HTTP was held.',
    'seconds',
  ),
  cpu: define(
    'counter',
    'process_cpu_seconds_total',
    [],
    'CPU time of the process, all threads.',
    'seconds',
    SECONDS_PER_UNIT,
  ),
  residentMemory: define(
    'gauge',
    'process_resident_memory_bytes',
    [],
    'Resident memory of the process.',
    'bytes',
  ),
  startTime: define(
    'gauge',
    'process_start_time_seconds',
    [],
    'Unix time at which the process started.',
    'seconds',
  ),
})
