/** Ports, names and paths that the generated files share, once. */

/** Job of the scrape of ragmeter and of applications that serve their own metrics. */
export const SCRAPE_JOB = 'ragmeter'
/** Job of the scrape of the Pushgateway. Pushed series keep their own `job`. */
export const PUSHGATEWAY_JOB = 'pushgateway'

export const PORTS = {
  ragmeter: 7246,
  prometheus: 9090,
  alertmanager: 9093,
  pushgateway: 9091,
  grafana: 3000,
  loki: 3100,
  collectorGrpc: 4317,
  collectorHttp: 4318,
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
  prometheus: 'deploy/prometheus/prometheus.yml',
  recordingRules: 'deploy/prometheus/recording.rules.yml',
  alertRules: 'deploy/prometheus/alerts.rules.yml',
  sloRules: 'deploy/prometheus/slo.rules.yml',
  compatRules: 'deploy/prometheus/compat.rules.yml',
} as const
