/** The daemon refuses measurements of a client whose clock is wrong: how many must be known all the same. */
import { parseBatch } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { MonitorClient } from '../src/index.ts'
import type { Delivery, SealedBatch, Transport } from '../src/index.ts'

const DAY_MS = 86_400_000
const NOW = 1_763_719_200_000

class DaemonOf implements Transport {
  refused = 0
  counted = 0

  async send(batch: SealedBatch): Promise<Delivery> {
    const body: unknown = JSON.parse(Buffer.from(batch.body).toString())
    const parsed = parseBatch(body, {
      now: NOW,
      oldest: 0,
      service: 'app',
      fallbackId: (index) => `${index}`,
    })
    const rejected = parsed?.issues.filter(({ severity }) => severity === 'error').length ?? 0
    this.refused += rejected
    for (const one of parsed?.measurements ?? []) {
      if (one.metric !== 'rag_telemetry_dropped_total' || one.type !== 'counter') continue
      this.counted += one.delta
    }
    return { kind: 'accepted', rejected }
  }

  close(): void {}
}

test.each([DAY_MS, -800 * DAY_MS])(
  'MonitorClient whose clock is off by %d ms counts all that is refused',
  async (off) => {
    let now = NOW + off
    const transport = new DaemonOf()
    const settings = { transport, environment: {}, now: () => now, onDiagnostic: () => undefined }
    const monitor = new MonitorClient({ service: 'app', sampleRate: 0 }, settings)
    for (let request = 0; request < 3; request += 1) {
      monitor.trace('q', () => 1)
      expect(await monitor.flush()).toBe(false)
    }
    now = NOW
    monitor.trace('q', () => 1)
    expect(await monitor.flush()).toBe(true)
    await monitor.close()
    expect(transport.refused).toBeGreaterThan(0)
    expect(transport.counted).toBe(transport.refused)
  },
)
