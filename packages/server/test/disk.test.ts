import { statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'

const BATCH = 1000
const PER_SECOND = 50

/** Bytes on disk per trace: rows, indexes, rollups and ledger of traffic that spreads over half an hour. */
function bytesPerTrace(traces: number, more: (number: number) => object): number {
  const now = Date.UTC(2026, 0, 15, 12)
  using harness = createHarness({ receivedAt: () => now })
  for (let first = 0; first < traces; first += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, position) => {
      const number = first + position
      const spread = (number * 0.618_033_988_75) % 1
      return flatTrace(`${(number * 2_654_435_761).toString(16).padStart(14, '0')}ab`, {
        timestamp: now - (traces - number) * (1000 / PER_SECOND),
        query_hash: number.toString(16).padStart(16, '0'),
        total_latency_ms: 300 * Math.exp(2 * spread),
        generation_latency_ms: 240 * Math.exp(2 * spread),
        retrieval_latency_ms: 15 * Math.exp(2 * spread),
        ...more(number),
      })
    })
    harness.send({ traces: batch })
    if (harness.writer.shouldFold) harness.writer.fold(now)
  }
  harness.writer.fold(now)
  harness.database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  expect(harness.query('stats', { from: now - 3_600_000, to: now }).requests).toBe(traces)
  return statSync(harness.path).size / traces
}

it('Writer takes at most 220 bytes of disk per flat trace, indexes included', async ({ annotate }) => {
  const plain = bytesPerTrace(100_000, () => ({}))
  const failing = bytesPerTrace(20_000, (number) =>
    number % 33 === 0 ? { success: false, error_type: 'TimeoutError' } : {},
  )
  const dated = bytesPerTrace(20_000, () => ({
    model_version: 'gpt-4o-2024-08-06',
    metadata: { tenant: 'acme', tier: 2 },
  }))
  await annotate(
    `bytes per flat trace: ${plain.toFixed(0)}; with 3 % errors ${failing.toFixed(0)}; with a dated model and two keys of metadata ${dated.toFixed(0)}`,
  )
  expect(Math.max(plain, failing, dated)).toBeLessThanOrEqual(220)
}, 60_000)
