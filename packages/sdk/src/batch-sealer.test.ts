import { LIMITS } from '@ragmeter/core'
import type { LedgerRow, Measurement } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { BatchSealer } from './batch-sealer.ts'

const DEFAULTS = { service: 'app', environment: undefined, release: undefined, instance: 'i' }
const MEASUREMENT: Measurement = { type: 'counter', metric: 'm', labels: {}, minute: 0, delta: 1 }
const ROW = { kind: 'generations', calls: 1 } as LedgerRow
const BLOCK = { bytes: Buffer.from('{}'), traces: 60_000 }

test('BatchSealer divides by the numbers that the daemon takes, however small the parts are', () => {
  const sealer = new BatchSealer(DEFAULTS, 1024 * 1024 * 1024, () => 7)
  const measurements = Array.from({ length: LIMITS.measurementsPerBatchMax + 1 }, () => MEASUREMENT)
  const ledger = Array.from({ length: LIMITS.ledgerRowsPerBatchMax + 1 }, () => ROW)
  const batches = sealer.seal({ traces: [BLOCK, BLOCK], measurements, ledger, dropped: {} }, true)
  const bodies = batches.map(
    ({ body }) => JSON.parse(Buffer.from(body).toString()) as Record<'measurements' | 'ledger', unknown[]>,
  )
  expect(bodies.map((body) => [body.measurements.length, body.ledger.length])).toEqual([
    [LIMITS.measurementsPerBatchMax, 0],
    [1, LIMITS.ledgerRowsPerBatchMax],
    [0, 1],
    [0, 0],
  ])
  expect(batches.map(({ traces }) => traces)).toEqual([0, 0, 60_000, 60_000])
  expect(batches.map(({ sequence, sealedAt }) => [sequence, sealedAt])).toEqual(
    [1, 2, 3, 4].map((n) => [n, 7]),
  )
})
