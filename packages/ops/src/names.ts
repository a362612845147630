/** Ports, names and paths that the generated files share, once. */
import { LIMITS, METRIC_LIST } from '@ragmeter/core'

/** Job of the scrape of ragmeter and of applications that serve their own metrics. */
export const SCRAPE_JOB = 'ragmeter'

/** A histogram has a sample for each bucket, and for +Inf, sum and count. */
const SAMPLES_PER_SERIES_MAX = Math.max(...METRIC_LIST.map(({ buckets }) => buckets.length)) + 3
/** What the daemon says of itself, and what is admitted above its limits. */
const SAMPLES_RESERVED = 50_000
/**
 * `sample_limit` of a scrape: above what ragmeter limits itself to, since Prometheus refuses a page with more as a whole,
 * which would turn a label with too many values into an outage.
 */
export const SAMPLE_LIMIT = LIMITS.seriesMax * SAMPLES_PER_SERIES_MAX + SAMPLES_RESERVED

export const PORTS = {
  ragmeter: 7246,
  prometheus: 9090,
  alertmanager: 9093,
  pushgateway: 9091,
  grafana: 3000,
  loki: 3100,
  alloy: 12_345,
  collectorGrpc: 4317,
  collectorHttp: 4318,
  /** The collector's metrics about itself. */
  collectorMetrics: 8888,
  jaeger: 16_686,
} as const

/** Stable uids of the dashboards; the address of a dashboard is `/d/<uid>`. */
export const DASHBOARD_UIDS = {
  overview: 'ragmeter-overview',
  operations: 'ragmeter-operations',
  ragnarok: 'ragmeter-ragnarok',
  retrieval: 'ragmeter-retrieval',
  slo: 'ragmeter-slo',
  costs: 'ragmeter-costs',
  batch: 'ragmeter-batch',
  telemetry: 'ragmeter-telemetry',
} as const
export type DashboardKey = keyof typeof DASHBOARD_UIDS

/** Paths of the generated files, below the root of the repository. */
export const FILES = {
  recordingRules: 'deploy/prometheus/recording.rules.yml',
  alertRules: 'deploy/prometheus/alerts.rules.yml',
  sloRules: 'deploy/prometheus/slo.rules.yml',
  compatRules: 'deploy/prometheus/compat.rules.yml',
  /** `fake` is what Loki calls its only tenant where `auth_enabled` is false. */
  logRules: 'deploy/loki/rules/fake/logs.rules.yml',
} as const
