/**
 * Alerts on log lines, evaluated by the ruler of Loki: what no metric says, since it happens outside of requests, or is of one
 * org, which is never a label of a metric. They read the lines that the logger of the SDK and the daemon write, as
 * `deploy/alloy` ships them: streams by `service` and `level`, everything else in the JSON of the line.
 */
import type { DescribedAlert } from '../alerts/specification.ts'

export interface LogAlertSpecification extends DescribedAlert {
  /** LogQL; `{threshold:key}` stands for the threshold of that key. */
  readonly expression: string
  /** The labels its result has. */
  readonly labels: readonly string[]
}

/** pino writes a number for a level; the daemon, and who chooses so in pino's `formatters`, its name. */
const LEVELS = { responses: '30|info', errors: '50|60|error|fatal', fatal: '60|fatal', any: '.+' } as const

function lines(levels: keyof typeof LEVELS): string {
  return `{service=~".+", level=~"${LEVELS[levels]}"}`
}

/** Responses that state an org. Only what is named is taken out of the JSON: every field would become a label otherwise. */
const RESPONSES = `${lines('responses')} | json event_type="event_type", org="org", duration_ms="duration_ms" | event_type="response" | org!=""`

export const LOG_ALERTS: readonly LogAlertSpecification[] = [
  {
    name: 'RagFatalLogs',
    family: 'availability',
    severity: 'critical',
    expression: `sum by (service) (count_over_time(${lines('fatal')}[5m])) > 0`,
    labels: ['service'],
    forMinutes: 1,
    summary: 'A process of a RAG service gave up.',
    description: '{service} logged {value} fatal lines within 5 minutes: a process cannot go on.',
    valueFormat: 'count',
    dashboard: 'operations',
  },
  {
    name: 'RagErrorLogs',
    family: 'errors',
    severity: 'warning',
    expression: `sum by (service) (rate(${lines('errors')}[5m])) > {threshold:errorLogRate}`,
    labels: ['service'],
    forMinutes: 5,
    summary: 'A RAG service logs many errors.',
    description:
      '{service} logs {value} errors per second (threshold {threshold:errorLogRate}), in requests or outside of them.',
    valueFormat: 'rate',
    dashboard: 'operations',
  },
  {
    name: 'RagOrgErrors',
    family: 'errors',
    severity: 'warning',
    expression: `sum by (service, org) (count_over_time(${lines('errors')} | json org="org" | org!="" [5m])) > {threshold:orgErrorLogs}`,
    labels: ['service', 'org'],
    forMinutes: 5,
    summary: 'Requests of one org fail in a RAG service.',
    description:
      '{service} logged {value} errors for the org {org} within 5 minutes (threshold {threshold:orgErrorLogs}).',
    valueFormat: 'count',
    dashboard: 'operations',
  },
  {
    name: 'RagOrgSlowResponses',
    family: 'latency',
    severity: 'warning',
    // Every operation in its parentheses, so that nothing rests on which operator binds tighter.
    expression: `((quantile_over_time(0.95, ${RESPONSES} | unwrap duration_ms | __error__="" [5m]) by (service, org) / 1000) > {threshold:orgLatency}) and (sum by (service, org) (count_over_time(${RESPONSES} [5m])) >= {threshold:trafficMin})`,
    labels: ['service', 'org'],
    forMinutes: 5,
    summary: 'A RAG service is slow for one org.',
    description:
      'p95 latency of {service} for the org {org} is {value} within 5 minutes (threshold {threshold:orgLatency}).',
    valueFormat: 'duration',
    dashboard: 'operations',
  },
  {
    name: 'RagNoLogs',
    family: 'telemetry',
    severity: 'warning',
    expression: `(sum by (service) (count_over_time(${lines('any')}[1h] offset 1d)) > {threshold:usualLogLines}) unless (sum by (service) (count_over_time(${lines('any')}[30m])) > 0)`,
    labels: ['service'],
    forMinutes: 5,
    summary: 'A RAG service that usually logs does not.',
    description:
      '{service} logged nothing for 30 minutes; in the same hour of the day before it wrote {value} lines.',
    valueFormat: 'count',
    dashboard: 'telemetry',
  },
]
