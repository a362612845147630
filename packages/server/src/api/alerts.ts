/** GET /api/v1/alerts, their history, and the evidence for one of them. */
import { VALUE_FORMATS } from '@ragmeter/ops'
import {
  array,
  boolean,
  decimal,
  epochMs,
  map,
  nullable,
  object,
  oneOf,
  string,
  whole,
} from '../lib/json-schema.ts'
import type { Queries } from '../store/store.ts'
import { choice, integer, text, time } from './parameters.ts'
import { route } from './route.ts'
import type { AlertView } from './route.ts'
import { emptyRange } from './trace-filter.ts'

export const VALUE_FORMAT_DOC = 'What the value is: `rate` is per second, `state` is 1 for up and 0 for down.'

const SEVERITIES = ['critical', 'warning', 'info', 'none'] as const
const STATES = ['pending', 'firing', 'resolved'] as const

const ALERT_SCHEMA = object({
  id: string('The same for the same alert and labels, for ever.'),
  name: string('Name of the alert; its runbook has the same.'),
  severity: oneOf(SEVERITIES),
  family: string('Worse alerts of a family inhibit the others that are about the same.'),
  state: oneOf(
    STATES,
    '`resolved` alerts are shown for a quarter of an hour, or until whoever was told of them knows.',
  ),
  labels: map(string(), 'As Prometheus has them: alertname, severity and alert_family among them.'),
  value: decimal('When the condition last held.'),
  value_format: oneOf(VALUE_FORMATS, VALUE_FORMAT_DOC),
  summary: string('One sentence, the same for all alerts of this name.'),
  description: string('One sentence with the labels and the value.'),
  runbook_url: string(),
  dashboard_url: string(),
  active_at: epochMs('Since when the condition holds.'),
  fired_at: nullable(epochMs('Since when it fires; null while it is pending.')),
  resolved_at: nullable(epochMs('Since when it fires no more.')),
  silenced_by: array(string(), 'Ids of the silences that keep it from notifying.'),
  inhibited_by: nullable(string('Id of the worse alert that keeps it from notifying.')),
})

const ALERTS_SCHEMA = object({
  evaluated_at: nullable(epochMs('Last evaluation; null before the first.')),
  evaluated: whole('Alerts that the daemon evaluates; the others are for Prometheus.'),
  omitted: whole('Label sets that found no room, and are not alerted on.'),
  errors: array(
    object({
      name: string(
        'The alert; or what failed beside them: history, state, budgets, writing, `notifier` and its name.',
      ),
      message: string(),
      since: epochMs('First failure in a row.'),
    }),
    'What could not be evaluated, kept or told. An alert keeps its state meanwhile.',
  ),
  alerts: array(ALERT_SCHEMA, 'Firing first, the worst before the others.'),
})

export const alertsRoute = route({
  url: '/api/v1/alerts',
  operationId: 'listAlerts',
  tag: 'alerts',
  summary: 'Alerts that are pending, firing or lately resolved',
  parameters: {
    state: choice('Only of this state.', STATES),
    severity: choice('Only of this severity.', SEVERITIES),
    service: text('Only of this service.'),
  },
  responses: { 200: { description: 'The alerts.', schema: ALERTS_SCHEMA } },
  answer: ({ values: { state, severity, service } }, { alerting }) => {
    const { alerts, errors, evaluated, evaluatedAt, omitted } = alerting.status()
    const shown = alerts.filter(
      (one) =>
        (state === undefined || one.state === state) &&
        (severity === undefined || one.alert.severity === severity) &&
        (service === undefined || one.labels['service'] === service),
    )
    return Promise.resolve({
      evaluated_at: evaluatedAt,
      evaluated,
      omitted,
      errors,
      alerts: shown.map(alertAnswer),
    })
  },
})

function alertAnswer(view: AlertView): object {
  const { id, alert, state, labels, value, annotations } = view
  return {
    id,
    name: alert.name,
    severity: alert.severity,
    family: alert.family,
    state,
    labels,
    value,
    value_format: alert.valueFormat,
    summary: alert.summary,
    description: annotations['description'] ?? '',
    runbook_url: annotations['runbook_url'] ?? '',
    dashboard_url: annotations['dashboard_url'] ?? '',
    active_at: view.activeAt,
    fired_at: view.firedAt,
    resolved_at: view.endsAt,
    silenced_by: view.silencedBy,
    inhibited_by: view.inhibitedBy,
  }
}

const HISTORY_SCHEMA = object({
  transitions: array(
    object({
      at: epochMs('When it was evaluated.'),
      id: string('Id of the alert.'),
      name: string(),
      labels: map(string(), 'Labels of its signal.'),
      from: string('inactive, pending, firing or resolved.'),
      to: string('inactive, pending, firing or resolved.'),
      value: decimal('When the condition last held.'),
    }),
    'The latest first. The 10,000 latest are kept.',
  ),
})

export const alertHistoryRoute = route({
  url: '/api/v1/alerts/history',
  operationId: 'listAlertHistory',
  tag: 'alerts',
  summary: 'Changes of state of alerts',
  parameters: {
    from: time('Start of the range, inclusive.', 'now-7d'),
    to: time('End of the range, exclusive.', 'now'),
    name: text('Only of the alert of this name.'),
    id: text('Only of the alert of this id.'),
    limit: integer('Changes, the latest.', { minimum: 1, maximum: 1000, default: 100 }),
  },
  responses: { 200: { description: 'The changes.', schema: HISTORY_SCHEMA } },
  answer: ({ values: { from, to, name, id, limit } }, { store }) => {
    if (from >= to) throw emptyRange()
    return store.query('alertHistory', {
      from,
      to,
      limit,
      ...(name === undefined ? {} : { name }),
      ...(id === undefined ? {} : { id }),
    })
  },
})

export function alertHistoryView(transitions: Queries['alertHistory']['result']): object {
  return { transitions }
}

const SHARE = {
  value: string(),
  share: decimal('Share of the traces since it became active, 0 to 1.'),
  share_before: nullable(decimal('The same for the time before; null without traces then.')),
}

const EVIDENCE_SCHEMA = object({
  alert: ALERT_SCHEMA,
  from: epochMs('Start of what is looked at: a little before the alert became active.'),
  to: epochMs('End of it.'),
  before_from: epochMs('Start of the healthy time it is compared with.'),
  before_to: epochMs('End of it.'),
  stages: array(
    object({
      stage: string(),
      p95_seconds: nullable(decimal('p95 latency; null without data.')),
      p95_seconds_before: nullable(decimal('The same in the healthy time.')),
      errors: whole('Failed requests whose error is of this stage.'),
      errors_before: decimal('The same in the healthy time, per as long a time.'),
      is_suspect: boolean('Whether it changed the most for the worse.'),
    }),
    'The one that changed the most for the worse first.',
  ),
  traffic: object({
    requests_per_second: nullable(decimal()),
    requests_per_second_before: nullable(decimal()),
  }),
  worst_traces: array(
    object({
      id: string(),
      timestamp: epochMs('Start of the request.'),
      status: string(),
      total_latency_ms: decimal(),
      org: nullable(string()),
      model: nullable(string()),
      error_type: nullable(string()),
    }),
    'Of the requests that the alert counts as bad: failed ones first, then the slowest. Traces are a sample of the requests.',
  ),
  worst_traces_since: epochMs('Later than `from` if time allowed to look at the traces since then only.'),
  orgs: array(object(SHARE), 'Organisations of the affected traces.'),
  models: array(object(SHARE), 'Models of the affected traces.'),
  releases: array(object(SHARE), 'Releases of all traces: one without a share before is new.'),
  changes: array(string(), 'What changed since it was healthy, in sentences.'),
})

export const evidenceRoute = route({
  url: '/api/v1/alerts/:id/evidence',
  operationId: 'getAlertEvidence',
  tag: 'alerts',
  summary: 'What is known about one alert: the stage, the traces, who is affected, what changed',
  path: { id: 'Id of an alert of GET /api/v1/alerts.' },
  parameters: {},
  responses: { 200: { description: 'The evidence.', schema: EVIDENCE_SCHEMA } },
  answer: async (_, { alerting, now, queryTimeoutMs }, { id = '' }) => {
    const { view, evidence } = await alerting.evidence(id, now() + queryTimeoutMs)
    return { alert: alertAnswer(view), ...evidence }
  },
})
