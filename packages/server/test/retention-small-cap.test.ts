import { statSync } from 'node:fs'
import { HOUR_MS } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { Retention } from '../src/store/sqlite/retention.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'

const NOW = Date.UTC(2026, 0, 15, 12)

test('Retention gives the last free pages and the log back too while it is over a small cap', () => {
  using harness = createHarness({ receivedAt: () => NOW })
  const bytesMax = 2 * 1024 * 1024
  for (let hour = 4; hour > 0; hour -= 1) {
    const traces = Array.from({ length: 1000 }, (_, i) =>
      flatTrace(`${hour}-${i}`, { timestamp: NOW - hour * HOUR_MS - i, metadata: { text: 'x'.repeat(300) } }),
    )
    harness.send({ traces })
  }
  harness.database.exec('DELETE FROM traces; PRAGMA wal_checkpoint(TRUNCATE)')
  expect(statSync(harness.path).size).toBeGreaterThan(bytesMax)
  // Fewer than a large database keeps, and most of the file.
  const free = Number(harness.database.prepare('PRAGMA freelist_count').get()?.['freelist_count'])
  expect(free).toBeLessThan(1000)
  const retention = new Retention(harness.database, {
    path: harness.path,
    retentionMs: 24 * HOUR_MS,
    bytesMax,
  })
  for (let more = true; more;) more = retention.step(NOW, 0)
  const { bytes, capError } = retention.state(harness.writer)
  expect([bytes < bytesMax, capError]).toEqual([true, null])
})
