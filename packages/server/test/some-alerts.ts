/** One of everything that alerts keep. */
import type { AlertWrite } from '../src/store/store.ts'

const AT = Date.UTC(2026, 0, 15)

export const SOME_ALERTS: AlertWrite = {
  alerts: [
    {
      id: '0123456789abcdef',
      name: 'RagHighErrorRate',
      labels: { service: 'docs' },
      state: 'firing',
      value: 0.25,
      activeAt: AT,
      firedAt: AT + 180_000,
      quietSince: null,
      resolvedAt: null,
    },
  ],
  ended: ['fedcba9876543210'],
  transitions: [
    {
      at: AT + 180_000,
      id: '0123456789abcdef',
      name: 'RagHighErrorRate',
      labels: { service: 'docs' },
      from: 'pending',
      to: 'firing',
      value: 0.25,
    },
  ],
  silences: [
    {
      id: 'silence-1',
      matchers: [{ name: 'service', value: 'docs', isEqual: true }],
      startsAt: AT,
      endsAt: AT + 3_600_000,
      author: 'ada',
      comment: 'a migration',
      createdAt: AT,
    },
  ],
  notices: [{ notifier: 'pager', alert: '0123456789abcdef', state: 'firing', at: AT + 180_000 }],
  attempts: [
    {
      at: AT + 180_000,
      notifier: 'pager',
      notification: 'notification-1',
      attempt: 1,
      outcome: 'failed',
      error: 'HTTP 503',
      durationMs: 12.5,
      alerts: [{ id: '0123456789abcdef', name: 'RagHighErrorRate', state: 'firing' }],
    },
  ],
  evaluatedAt: AT + 180_000,
}
