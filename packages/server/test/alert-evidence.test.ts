import { alertsOf, DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { expect, test } from 'vitest'
import { evidenceFor } from '../src/alerts/evidence.ts'
import type { PublicAlert } from '../src/alerts/notify/notification.ts'
import { answerOf } from '../src/api/views.ts'
import type { Store } from '../src/store/store.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000

/** Requests of ten minutes: more than the newest few hundred, and the worst of them are the oldest. */
const TRACES = Array.from({ length: 600 }, (_, i) => {
  const isTimeout = i % 2 === 0
  return flatTrace(`${i}`, {
    timestamp: NOW - 10 * MINUTE + i * 1000,
    status: isTimeout ? 'timeout' : 'success',
    total_latency_ms: isTimeout ? 30_000 - i : 60_000,
    org: isTimeout ? 'acme' : 'initech',
    retrieval_count: i === 1 ? 0 : 3,
  })
})

async function evidenceOf(name: string): Promise<Readonly<Record<string, unknown>>> {
  using harness = createHarness({ receivedAt: () => NOW })
  harness.send({ resource: { service: 'docs' }, traces: TRACES })
  const store: Pick<Store, 'query'> = {
    query: (query, parameters) =>
      Promise.resolve(answerOf(query, parameters, harness.query(query, parameters))),
  }
  const { thresholds } = DEFAULT_CONFIGURATION
  const alert = {
    alert: alertsOf(DEFAULT_CONFIGURATION).find((one) => one.name === name),
    labels: { service: 'docs' },
    endsAt: null,
  } as unknown as PublicAlert
  return await evidenceFor(alert, NOW - MINUTE, { store, thresholds, now: NOW, deadline: Infinity })
}

test('evidenceFor timeouts shows timeouts, the slowest of all of them', async () => {
  const evidence = await evidenceOf('RagCriticalErrorRate')
  const worst = evidence['worst_traces'] as { id: string; status: string }[]
  expect(worst.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, i) => `${i * 2}`))
  expect(worst.every(({ status }) => status === 'timeout')).toBe(true)
  expect(evidence['worst_traces_since']).toBe(evidence['from'])
  expect(evidence['orgs']).toMatchObject([{ value: 'acme', share: 1 }])
})

test('evidenceFor a budget of retrievals shows those that found nothing, and not what failed otherwise', async () => {
  const evidence = await evidenceOf('RagRetrievalBudgetBurnFast')
  expect(evidence['worst_traces']).toMatchObject([{ id: '1', status: 'success' }])
  expect(evidence['orgs']).toMatchObject([{ value: 'initech', share: 1 }])
})
