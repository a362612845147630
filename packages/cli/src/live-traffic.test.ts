import { MonitorClient } from '@ragmeter/sdk'
import { expect, test } from 'vitest'
import { LIVE_INCIDENT_KINDS, playTraffic } from './live-traffic.ts'
import { CHAT, DOCUMENT_STORE, SEARCH } from './simulate/scenario.ts'
import type { IncidentKind } from './simulate/incidents.ts'

const monitor = new MonitorClient({ enabled: false }, { environment: {} })

/** How many requests begin within ten seconds, of fifty a second as a rule. */
function play(incident: IncidentKind | undefined): Promise<number> {
  return playTraffic(
    { seed: 1, rate: 50, incident, durationMs: 10_000 },
    {
      monitors: { [SEARCH]: monitor, [DOCUMENT_STORE]: monitor, [CHAT]: monitor },
      stopped: new AbortController().signal,
      now: () => 0,
      monotonicNow: () => 0,
      wait: () => Promise.resolve(),
    },
  )
}

test('playTraffic plays at its rate, and more or less during incidents of traffic', async () => {
  const usual = await play(undefined)
  expect(usual).toBeGreaterThan(420)
  expect(usual).toBeLessThan(580)
  expect(await play('surge')).toBeGreaterThan(5 * usual)
  expect(await play('traffic_drop')).toBeLessThan(usual / 20)
  expect(await play('outage')).toBe(0)
})

test('playTraffic knows every incident but those of batch jobs', () => {
  expect(LIVE_INCIDENT_KINDS).toContain('capacity')
  expect(LIVE_INCIDENT_KINDS.filter((kind) => kind.startsWith('batch_'))).toEqual([])
})
