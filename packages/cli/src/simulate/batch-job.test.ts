import { HOUR_MS, METRICS, MINUTE_MS } from '@ragmeter/core'
import { describe, expect, it } from 'vitest'
import { readBatchJob } from './batch-job.ts'
import type { Incident, IncidentKind } from './incidents.ts'
import { DOCUMENT_STORE } from './scenario.ts'

const FROM = Date.UTC(2026, 10, 18, 9, 30)
const TO = FROM + 4 * HOUR_MS

function readAt(kind: IncidentKind, at: number) {
  const incident: Incident = { kind, from: FROM, to: TO, services: [DOCUMENT_STORE], strength: 1 }
  const values = new Map(readBatchJob([incident], at))
  return {
    /** Minutes ago. */
    succeeded: (at / 1000 - (values.get(METRICS.jobLastSuccess) ?? Number.NaN)) / 60,
    failed: values.get(METRICS.jobLastRunFailed),
    records: values.get(METRICS.jobProcessedRecords),
    interval: values.get(METRICS.jobExpectedInterval),
  }
}

describe('readBatchJob', () => {
  it.each<[string, number]>([
    ['before an incident', FROM - 1],
    ['after the first run that follows one', TO + HOUR_MS],
  ])('has succeeded within its interval %s', (_, at) => {
    for (const kind of ['batch_failure', 'batch_stall'] as const) {
      const { succeeded, failed, records, interval } = readAt(kind, at)
      expect(succeeded).toBeGreaterThan(0)
      expect(succeeded).toBeLessThan(70)
      expect([failed, interval, (records ?? 0) > 0]).toEqual([0, 3600, true])
    }
  })

  it('has failed since the end of the first run of an incident, and last succeeded before it', () => {
    const late = readAt('batch_failure', TO)
    expect([late.failed, late.records]).toEqual([1, 0])
    expect(late.succeeded).toBeGreaterThan(240)
    expect(late.succeeded).toBeLessThan(300)
    expect(readAt('batch_failure', FROM + 32 * MINUTE_MS).failed).toBe(0)
    expect(readAt('batch_failure', FROM + 40 * MINUTE_MS).failed).toBe(1)
  })

  it('says of runs that do not begin only how long ago the last one was', () => {
    const { succeeded, failed, records } = readAt('batch_stall', TO)
    expect([failed, (records ?? 0) > 0]).toEqual([0, true])
    expect(succeeded).toBeGreaterThan(240)
  })
})
