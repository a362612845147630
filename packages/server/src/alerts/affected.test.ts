import { alertsOf, DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { describe, expect, test } from 'vitest'
import { affectedFilter, scopeOf } from './affected.ts'
import type { PublicAlert } from './notify/notification.ts'

const alertOf = (name: string, labels: Record<string, string> = {}): PublicAlert => {
  const alert = alertsOf(DEFAULT_CONFIGURATION).find((one) => one.name === name)
  if (alert === undefined) throw new Error(`there is no alert ${name}`)
  return { alert, labels } as unknown as PublicAlert
}
const without = (...statuses: string[]) => ({
  exclude: statuses.map((value) => ({ field: 'status', value })),
})
const FAILED = without('success', 'rejected', 'cancelled')

describe('affectedFilter', () => {
  test.each([
    ['RagCriticalErrorRate', FAILED],
    ['RagHighLlmErrorRate', FAILED],
    ['RagDatabaseDown', FAILED],
    ['RagAvailabilityBudgetBurnFast', FAILED],
    ['RagCriticalQueryLatency', { latencyMsMin: DEFAULT_CONFIGURATION.thresholds.latencyCritical * 1000 }],
    [
      'RagLatencyBudgetBurnFast',
      { ...without('error', 'timeout', 'rejected', 'cancelled'), latencyMsMin: 2000 },
    ],
    ['RagEmptyRetrievals', { retrievalCountMax: 0 }],
    ['RagRetrievalBudgetBurnFast', { hasFoundNothing: true }],
    // What a trace states does not tell which requests are bad.
    ['RagHighGenerationLatency', {}],
    ['RagLowRelevance', {}],
    ['RagWatchdog', {}],
  ])('of %s asks for what it counts as bad', (name, filter) => {
    expect(affectedFilter(alertOf(name), DEFAULT_CONFIGURATION.thresholds)).toEqual(filter)
  })
})

test('scopeOf keeps the labels that traces have', () => {
  const labels = { service: 'docs', provider: 'openai', model: 'gpt-4o', severity: 'warning', kind: 'llm' }
  expect(scopeOf(alertOf('RagHighLlmErrorRate', labels))).toEqual({
    service: 'docs',
    provider: 'openai',
    model: 'gpt-4o',
  })
})
