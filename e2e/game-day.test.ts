/** The example application broken on purpose: its alerts reach a webhook by Prometheus and Alertmanager, and by the daemon. */
import { describe, expect, it } from 'vitest'
import { holdGameDay, WAYS } from './game-day.ts'
import { program } from './programs.ts'

const programs = [program('prometheus'), program('prometheus-alertmanager')]
const TIMEOUT_MS = 15 * 60_000

describe.skipIf(programs.some(({ missing }) => missing))(
  `a game day${programs.map(({ note }) => note).join('')}`,
  () => {
    it(
      'the index killed, the model slow, the quota exhausted: each alert fires and resolves on both ways',
      { timeout: TIMEOUT_MS },
      async () => {
        const times = await holdGameDay({ pace: 'hurried' })
        expect(times.map(({ alert, way }) => [alert, way])).toEqual(
          ['RagDatabaseDown', 'RagCriticalQueryLatency', 'RagRateLimitLow'].flatMap((alert) =>
            WAYS.map((way) => [alert, way]),
          ),
        )
      },
    )
  },
)
