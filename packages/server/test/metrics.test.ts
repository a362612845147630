/** GET /metrics over HTTP: formats, compression, and what Prometheus' own checker says. */
import { spawnSync } from 'node:child_process'
import { METRIC_LIST } from '@ragmeter/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SELF_METRICS } from '../src/metrics/self-catalogue.ts'
import { committed, durations, gauge, requests } from './committed.ts'
import { emptyState } from './fake-store.ts'
import { connectRaw } from './raw-client.ts'
import { startDaemon } from './start-daemon.ts'
import type { TestDaemon } from './start-daemon.ts'

let daemon: TestDaemon
beforeAll(async () => {
  daemon = await startDaemon()
  const now = Date.now()
  daemon.store.onCommitted(
    committed({
      measurements: [requests('docs', 3), durations('docs', { trace_id: 'abc', timestamp: now })],
      gauges: [
        {
          instance: 'a',
          measurements: [gauge('inFlight', 'docs', 1), gauge('lastRequest', 'docs', now / 1000)],
        },
      ],
      seen: [{ service: 'docs', at: now }],
    }),
  )
})
afterAll(async () => {
  await daemon[Symbol.asyncDispose]()
})

const scrape = (headers: Record<string, string> = {}) => fetch(`${daemon.server.url}/metrics`, { headers })

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

describe('GET /metrics', () => {
  test.each([
    ['no Accept', {}, 'text/plain; version=0.0.4; charset=utf-8'],
    ['a browser', { accept: 'text/html,*/*;q=0.8' }, 'text/plain; version=0.0.4; charset=utf-8'],
    ['Prometheus', { accept: PROMETHEUS_2 }, 'application/openmetrics-text; version=1.0.0; charset=utf-8'],
  ])('answers %s in its format', async (_, headers, type) => {
    const response = await scrape(headers)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type])
    expect(await response.text()).toContain('service="docs"')
  })

  test('shows exemplars in OpenMetrics only', async () => {
    expect(await (await scrape({ accept: PROMETHEUS_2 })).text()).toContain('# {trace_id="abc"} 0.2')
    expect(await (await scrape()).text()).not.toContain('trace_id')
  })

  test.each([
    ['gzip', 'gzip'],
    ['deflate, gzip;q=1.0', 'gzip'],
    ['gzip;q=0', undefined],
    ['br', undefined],
  ])('compresses for Accept-Encoding %s: %s', async (accepted, encoding) => {
    await using client = await connectRaw(daemon.server.port)
    await client.send(
      `GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:${daemon.server.port}\r\nAccept-Encoding: ${accepted}\r\n\r\n`,
    )
    expect((await client.answers(1))[0]?.headers['content-encoding']).toBe(encoding)
    // fetch decompresses: what comes out is the page.
    expect(await (await scrape({ 'accept-encoding': accepted })).text()).toContain('rag_requests_total')
  })
})

describe('metrics of the daemon itself', () => {
  const definitions = Object.values(SELF_METRICS)

  test('are right while the clock of the host is set back', async () => {
    let now = Date.now()
    let uptime = 0
    await using setBack = await startDaemon({ now: () => (now -= 3_600_000), monotonic: () => uptime })
    const { server, store } = setBack
    await fetch(`${server.url}/ingest`, { method: 'POST', body: '{"traces":[]}' })
    const page = async () => {
      const response = await fetch(`${server.url}/metrics`)
      return response.text()
    }
    expect(await page()).toMatch(/^ragmeter_stage_duration_seconds_sum\{stage="ingest"\} \d/m)
    store.storage = { ...emptyState(), traces: 77 }
    await expect
      .poll(() => {
        uptime += 10_000
        return page()
      })
      .toContain('ragmeter_storage_traces 77')
  })

  test('have names that say what they are, and none of the catalogue', () => {
    const names = new Set(METRIC_LIST.map(({ name }) => name))
    for (const { name, type, unit } of definitions) {
      expect(name).toMatch(/^(?:ragmeter|process)_[a-z_]+$/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(name.replace(/_total$/, '').endsWith(unit === '' ? '' : `_${unit}`)).toBe(true)
      expect(names.has(name)).toBe(false)
    }
  })
})

const promtool = spawnSync('promtool', ['--version']).error === undefined

test.skipIf(!promtool)(
  'promtool check metrics finds nothing (needs: apt-get install prometheus)',
  async () => {
    const page = await (await scrape()).text()
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: page,
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  },
)
