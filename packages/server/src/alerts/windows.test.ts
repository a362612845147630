import type { Measurement } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { planSources } from './sources.ts'
import { Windows } from './windows.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const LABEL_SETS = 10_003

test('Windows count each label set without room once, however many series it has and however often it comes', () => {
  const of = { metric: 'rag_requests_total', windowMinutes: 5 }
  const windows = new Windows(planSources([{ kind: 'increase', of, by: ['service'] }]))
  const add = (): void => {
    for (let position = 0; position < LABEL_SETS; position += 1) {
      for (const status of ['success', 'error']) {
        const labels = { service: `service-${position}`, status }
        const one: Measurement = { metric: of.metric, labels, minute: NOW, type: 'counter', delta: 1 }
        windows.add(one, '', NOW)
      }
    }
  }
  add()
  expect(windows.omitted).toBe(3)
  windows.release(NOW)
  add()
  expect(windows.omitted).toBe(3)
})
