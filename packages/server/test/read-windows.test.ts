/** What alerts read of the past when the daemon starts equals what they were fed before. */
import { HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { expect, test } from 'vitest'
import { daemonSignals } from '../src/alerts/daemon-signals.ts'
import { Evaluation } from '../src/alerts/evaluate.ts'
import type { Shortened } from '../src/alerts/known-past.ts'
import { planSources } from '../src/alerts/sources.ts'
import { Windows } from '../src/alerts/windows.ts'
import type { WindowsSnapshot } from '../src/alerts/windows.ts'
import type { JournalEntry } from '../src/rollup/rollup.ts'
import { readWindows } from '../src/threads/read-windows.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const START = Date.UTC(2026, 10, 21, 12)
const PLAN = planSources(daemonSignals(DEFAULT_CONFIGURATION))
const SIGNALS = daemonSignals(DEFAULT_CONFIGURATION)

/** Three hours of requests, every ten minutes. @returns the windows that every commit was fed to */
function fill(harness: Harness, clock: { now: number }): Windows {
  const fed = new Windows(PLAN)
  for (let step = 0; step < 18; step += 1) {
    clock.now = START + step * 10 * MINUTE_MS
    const traces = Array.from({ length: 5 }, (_, i) =>
      flatTrace(`${step}-${i}`, {
        timestamp: clock.now + i,
        success: i > 0,
        total_latency_ms: 300 * (i + 1),
      }),
    )
    const { entry } = harness.send({ resource: { service: 'docs' }, traces })
    const { measurements, gauges } = JSON.parse(entry ?? '') as JournalEntry
    for (const one of [...measurements, ...gauges.flatMap((each) => each.measurements)])
      fed.add(one, '', clock.now)
    if (step === 9) harness.writer.fold(clock.now)
  }
  return fed
}

function valuesOf(windows: Windows, at: number): unknown {
  const evaluation = new Evaluation(windows, DEFAULT_CONFIGURATION.thresholds, at)
  return SIGNALS.map((signal) => evaluation.signal(signal))
}

test('windows read from rollups and journal give every signal the value that those fed by commits give', () => {
  const clock = { now: START }
  using harness = createHarness({ receivedAt: () => clock.now })
  const fed = fill(harness, clock)
  const read = new Windows(PLAN)
  read.restore(readWindows(harness.database, { plan: Array.from(PLAN), now: clock.now }) as WindowsSnapshot)
  for (const minutes of [1, 5, 45]) {
    const at = clock.now + minutes * MINUTE_MS
    expect(valuesOf(read, at)).toEqual(valuesOf(fed, at))
  }
})

test('a past with too many rows is cut, and its metrics are named', () => {
  const clock = { now: START }
  using harness = createHarness({ receivedAt: () => clock.now })
  fill(harness, clock)
  const answer = readWindows(harness.database, { plan: Array.from(PLAN), now: clock.now }, 30)
  const shortened = answer['shortened'] as Shortened[]
  const requests = shortened.find(({ metric }) => metric === 'rag_requests_total')
  // Two series: fifteen buckets of each.
  expect(requests).toEqual({
    metric: 'rag_requests_total',
    minutesSince: clock.now - 15 * MINUTE_MS,
    hoursSince: Math.floor((clock.now - 15 * HOUR_MS) / HOUR_MS) * HOUR_MS,
  })
  expect(
    readWindows(harness.database, { plan: Array.from(PLAN), now: clock.now })['shortened'],
  ).toBeUndefined()
})
