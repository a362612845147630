/** GET /api/v1/notifications: every attempt to tell somebody of an alert. */
import {
  array,
  boolean,
  decimal,
  epochMs,
  nullable,
  object,
  oneOf,
  string,
  whole,
} from '../lib/json-schema.ts'
import type { Queries } from '../store/store.ts'
import { choice, integer, text } from './parameters.ts'
import { route } from './route.ts'

const OUTCOMES = ['delivered', 'failed', 'dead'] as const

const NOTIFICATIONS_SCHEMA = object({
  attempts: array(
    object({
      at: epochMs('End of the attempt.'),
      notifier: string('Its name in ragmeter.yaml.'),
      notification: string('The same for all attempts to deliver one notification.'),
      attempt: whole('From 1.'),
      outcome: oneOf(
        OUTCOMES,
        '`failed` is tried again; `dead` was given up, and what still holds five minutes later is told anew.',
      ),
      error: nullable(string('Why it failed.')),
      duration_ms: decimal(),
      alerts: array(object({ id: string(), name: string(), state: string() })),
    }),
    'The latest first. The 10,000 latest are kept.',
  ),
})

export const notificationsRoute = route({
  url: '/api/v1/notifications',
  operationId: 'listNotifications',
  tag: 'alerts',
  summary: 'Attempts to deliver notifications; with outcome=dead those that were given up',
  parameters: {
    notifier: text('Only of this notifier.'),
    outcome: choice('Only with this outcome.', OUTCOMES),
    limit: integer('Attempts, the latest.', { minimum: 1, maximum: 1000, default: 100 }),
  },
  responses: { 200: { description: 'The attempts.', schema: NOTIFICATIONS_SCHEMA } },
  answer: ({ values: { notifier, outcome, limit } }, { store }) =>
    store.query('notifications', {
      limit,
      ...(notifier === undefined ? {} : { notifier }),
      ...(outcome === undefined ? {} : { outcome }),
    }),
})

export function notificationsView(attempts: Queries['notifications']['result']): object {
  return {
    attempts: attempts.map(({ durationMs, ...rest }) => ({ ...rest, duration_ms: durationMs })),
  }
}

const NOTIFIERS_SCHEMA = object({
  notifiers: array(
    object({
      name: string('Its name in ragmeter.yaml.'),
      type: oneOf(['webhook', 'slack', 'email', 'alertmanager']),
      waiting: whole('Groups of alerts that are being told or could not be told yet.'),
    }),
  ),
})

export const notifiersRoute = route({
  url: '/api/v1/notifiers',
  operationId: 'listNotifiers',
  tag: 'alerts',
  summary: 'Who is told of alerts, and how much waits for each',
  parameters: {},
  responses: { 200: { description: 'The notifiers.', schema: NOTIFIERS_SCHEMA } },
  answer: (_, { alerting }) =>
    Promise.resolve({
      notifiers: alerting.waiting().map(({ notifier, type, waiting }) => ({ name: notifier, type, waiting })),
    }),
})

export const testNotifierRoute = route({
  method: 'POST',
  url: '/api/v1/notifiers/:name/test',
  operationId: 'testNotifier',
  tag: 'alerts',
  summary: 'Send a test to one notifier, once and at once',
  description:
    'An alert RagTestNotification that is over as it begins. It is no attempt of /api/v1/notifications.',
  path: { name: 'Its name in ragmeter.yaml.' },
  parameters: {},
  responses: {
    200: {
      description: 'What became of it.',
      schema: object({
        notifier: string(),
        delivered: boolean(),
        error: nullable(string('Why it was not delivered, such as HTTP 401.')),
      }),
    },
  },
  answer: async (_, { alerting }, { name = '' }) => {
    const { error } = await alerting.testNotifier(name)
    return { notifier: name, delivered: error === null, error }
  },
})
