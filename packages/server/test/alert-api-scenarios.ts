/** Scenarios of the API of alerts. A daemon that has just started has evaluated nothing yet. */
import { DAY_MS } from '@ragmeter/core'
import type { FakeStore } from './fake-store.ts'
import { NOW, refusal } from './scenario.ts'
import type { ApiScenario } from './scenario.ts'
import { SOME_ALERTS } from './some-alerts.ts'

const history = (store: FakeStore) => (store.answers.alertHistory = [...SOME_ALERTS.transitions])
const attempts = (store: FakeStore) => (store.answers.notifications = [...SOME_ALERTS.attempts])

export const alertScenarios: ApiScenario[] = [
  {
    name: 'alerts before the first evaluation',
    path: '/api/v1/alerts?state=firing&severity=critical&service=docs',
    status: 200,
    asked: [],
    body: { evaluated_at: null, omitted: 0, errors: [], alerts: [] },
  },
  {
    name: 'alerts of a state that does not exist',
    path: '/api/v1/alerts?state=fireing',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'state'),
  },
  {
    name: 'the history of alerts',
    path: '/api/v1/alerts/history?name=RagHighErrorRate&limit=5',
    given: history,
    status: 200,
    asked: [
      {
        name: 'alertHistory',
        parameters: { from: NOW - 7 * DAY_MS, to: NOW, name: 'RagHighErrorRate', limit: 5 },
      },
    ],
    body: { transitions: [{ id: '0123456789abcdef', from: 'pending', to: 'firing' }] },
  },
  {
    name: 'the history of alerts of an empty range',
    path: '/api/v1/alerts/history?from=now&to=now-1h',
    status: 400,
    asked: [],
    body: refusal('invalid_request'),
  },
  {
    name: 'silences',
    path: '/api/v1/silences',
    status: 200,
    asked: [],
    body: { silences: [] },
  },
  {
    name: 'dead letters',
    path: '/api/v1/notifications?outcome=dead&notifier=pager',
    given: attempts,
    status: 200,
    asked: [{ name: 'notifications', parameters: { outcome: 'dead', notifier: 'pager', limit: 100 } }],
    body: { attempts: [{ notifier: 'pager', attempt: 1, error: 'HTTP 503', duration_ms: 12.5 }] },
  },
  {
    name: 'notifiers',
    path: '/api/v1/notifiers',
    status: 200,
    asked: [],
    body: { notifiers: [] },
  },
  {
    name: 'objectives without events',
    path: '/api/v1/slos',
    status: 200,
    asked: [],
    body: { slos: [] },
  },
]
