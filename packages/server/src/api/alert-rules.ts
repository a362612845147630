/** GET /api/v1/alert-rules: every alert there is, quiet ones too; their runbooks; and their signals over time. */
import { VALUE_FORMATS } from '@ragmeter/ops'
import { array, decimal, epochMs, map, nullable, object, oneOf, string, whole } from '../lib/json-schema.ts'
import { VALUE_FORMAT_DOC } from './alerts.ts'
import { integer, required, text } from './parameters.ts'
import { route } from './route.ts'
import type { HeldBackView } from './route.ts'

const COMPARISONS = ['>', '>=', '<', '<=', '=='] as const

const HELD_BACK_SCHEMA = object(
  {
    metric: nullable(string('null where it is what the alert looks at, within another window.')),
    window_minutes: nullable(whole()),
    offset_minutes: whole('How long ago the window ended.'),
    value: nullable(decimal('null where it has no value.')),
    value_format: oneOf(VALUE_FORMATS),
    comparison: oneOf(COMPARISONS),
    threshold: decimal('What the value must be beyond, too.'),
  },
  'The other condition that does not hold, where the value is beyond the threshold.',
)

const RULES_SCHEMA = object({
  rules: array(
    object({
      name: string(),
      severity: oneOf(['critical', 'warning', 'info', 'none']),
      family: string(),
      summary: string('One sentence.'),
      value_format: oneOf(VALUE_FORMATS, VALUE_FORMAT_DOC),
      for_minutes: whole('How long it must hold before it fires.'),
      comparison: nullable(oneOf(COMPARISONS, 'null if the daemon does not evaluate it.')),
      threshold: nullable(decimal('What values are compared with.')),
      not_evaluated: nullable(string('Why the daemon does not evaluate it; null if it does.')),
      runbook: string('Name of its runbook.'),
      runbook_url: string(),
      samples: array(
        object({
          labels: map(string()),
          value: decimal(),
          held_back: nullable(HELD_BACK_SCHEMA),
        }),
        'The values of its signal now, the worst first; at most 5.',
      ),
      sample_count: whole('How many label sets have a value.'),
    }),
  ),
})

export const alertRulesRoute = route({
  url: '/api/v1/alert-rules',
  operationId: 'listAlertRules',
  tag: 'alerts',
  summary: 'Every alert there is, with its threshold and what it looks at now',
  parameters: {},
  responses: { 200: { description: 'The alerts.', schema: RULES_SCHEMA } },
  answer: (_, { alerting }) =>
    Promise.resolve({
      rules: alerting.rules().map((rule) => ({
        name: rule.name,
        severity: rule.severity,
        family: rule.family,
        summary: rule.summary,
        value_format: rule.valueFormat,
        for_minutes: rule.forMinutes,
        comparison: rule.comparison,
        threshold: rule.threshold,
        not_evaluated: rule.notEvaluated,
        runbook: rule.runbook,
        runbook_url: rule.runbookUrl,
        samples: rule.samples.map(({ labels, value, heldBack }) => ({
          labels,
          value,
          held_back: heldBack === null ? null : heldBackAnswer(heldBack),
        })),
        sample_count: rule.sampleCount,
      })),
    }),
})

function heldBackAnswer({ windowMinutes, offsetMinutes, valueFormat, ...rest }: HeldBackView): object {
  return {
    ...rest,
    window_minutes: windowMinutes,
    offset_minutes: offsetMinutes,
    value_format: valueFormat,
  }
}

const SIGNAL_SCHEMA = object({
  comparison: string('The alert holds where this is true of value and threshold.'),
  threshold: decimal(),
  value_format: oneOf(VALUE_FORMATS),
  step_seconds: whole(),
  points: array(
    object({
      at: epochMs('End of the window of the signal.'),
      value: nullable(decimal('null where it has no value.')),
    }),
  ),
})

export const alertSignalRoute = route({
  url: '/api/v1/alert-signal',
  operationId: 'getAlertSignal',
  tag: 'alerts',
  summary: 'What an alert looks at, over the last hours, beside its threshold',
  parameters: {
    name: required(text('Name of the alert.')),
    hours: integer('How far back.', { minimum: 1, maximum: 24, default: 6 }),
  },
  prefixes: { 'label.': { doc: 'Label of the alert.', example: 'label.service' } },
  responses: { 200: { description: 'The values.', schema: SIGNAL_SCHEMA } },
  answer: async ({ values: { name, hours }, prefixed }, { histories }) => {
    const { valueFormat, stepSeconds, ...rest } = await histories.signal(
      name,
      prefixed['label.'] ?? {},
      hours,
    )
    return { ...rest, value_format: valueFormat, step_seconds: stepSeconds }
  },
})

export const runbookRoute = route({
  url: '/api/v1/runbooks/:name',
  operationId: 'getRunbook',
  tag: 'alerts',
  summary: 'What an alert means and what to do about it',
  path: { name: 'Name of a runbook of GET /api/v1/alert-rules.' },
  parameters: {},
  responses: {
    200: {
      description: 'The runbook.',
      schema: object({ name: string(), markdown: string('Markdown. Links lead to other runbooks.') }),
    },
  },
  answer: async (_, { readRunbook }, { name = '' }) => ({ name, markdown: await readRunbook(name) }),
})
