/** Against Prometheus' own Pushgateway. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MonitorClient } from '../src/index.ts'

/** On a busy machine a step may take seconds; the tests themselves wait for conditions, not for time. */
const PATIENCE = { timeout: 15_000 }

const BINARY = '/usr/bin/prometheus-pushgateway'
describe.skipIf(!existsSync(BINARY))(
  'a real Pushgateway (where it is missing: apt-get install prometheus-pushgateway)',
  () => {
    let gateway: ChildProcess
    let url: string

    beforeAll(async () => {
      const port = await freePort()
      url = `http://127.0.0.1:${port}`
      // Debian's keeps what was pushed in a file of the system, for the next one that starts.
      const flags = [`--web.listen-address=127.0.0.1:${port}`, '--persistence.file=']
      gateway = spawn(BINARY, flags, { stdio: 'ignore' })
      const isReady = () =>
        fetch(`${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        )
      await vi.waitUntil(isReady, PATIENCE)
    }, 20_000)

    afterAll(() => gateway.kill('SIGKILL'))

    const page = async () => (await fetch(`${url}/metrics`)).text()

    const ofJob = async (name: string) =>
      Number(new RegExp(`^${name}\\{.*job="nightly".*\\} (\\S+)$`, 'm').exec(await page())?.[1])

    test('shows what was measured, under the job and its labels', async () => {
      await using monitor = job()
      await monitor.pushMetrics(url, { job: 'index', grouping: { instance: 'a' } })
      const pushed = await page()
      expect(pushed).toContain(
        'rag_requests_total{instance="a",job="index",model="gpt-4o",operation="index",service="nightly",status="success"} 1',
      )
      expect(pushed).toMatch(/rag_llm_cost_usd_total\{.*job="index".*\} 0\.0025\n/)
      // A second push replaces the first instead of adding to it.
      await monitor.pushMetrics(url, { job: 'index', grouping: { instance: 'a' } })
      expect((await page()).match(/^rag_requests_total\{.*status="success"/gm)).toHaveLength(1)
      await monitor.deletePushed(url, { job: 'index', grouping: { instance: 'a' } })
      expect(await page()).not.toContain('nightly')
    })

    test('says how the run ended; the last success outlives a failure', async () => {
      await using monitor = job()
      const run = { succeeded: true, durationSeconds: 42, processedRecords: 7, expectedIntervalSeconds: 3600 }
      await monitor.pushMetrics(url, { job: 'nightly', run })
      const succeededAt = await ofJob('rag_job_last_success_timestamp_seconds')
      expect(Math.abs(succeededAt - Date.now() / 1000)).toBeLessThan(60)
      expect(await ofJob('rag_job_last_run_failed')).toBe(0)
      expect(await ofJob('rag_job_duration_seconds')).toBe(42)
      expect(await ofJob('rag_job_processed_records')).toBe(7)
      expect(await ofJob('rag_job_expected_interval_seconds')).toBe(3600)
      await monitor.pushMetrics(url, { job: 'nightly', run: { succeeded: false } })
      expect(await ofJob('rag_job_last_run_failed')).toBe(1)
      expect(await ofJob('rag_job_last_success_timestamp_seconds')).toBe(succeededAt)
      await monitor.deletePushed(url, { job: 'nightly' })
    })

    test('takes names with slashes, empty values and any script', async () => {
      await using monitor = job()
      const target = { job: 'a/b c', grouping: { path: '/data/x', empty: '', name: 'größe' } }
      await monitor.pushMetrics(url, target)
      expect(await page()).toMatch(
        /rag_requests_total\{.*job="a\/b c".*name="größe".*path="\/data\/x".*\} 1\n/,
      )
      await monitor.deletePushed(url, target)
      expect(await page()).not.toContain('nightly')
    })

    test('says why it fails', async () => {
      await using monitor = job()
      await expect(monitor.pushMetrics(url, { job: '' })).rejects.toThrow('The job has no name')
      await expect(monitor.pushMetrics(url, { job: 'j', grouping: { 'a-b': 'x' } })).rejects.toThrow('"a-b"')
      await expect(monitor.pushMetrics('gateway', { job: 'j' })).rejects.toThrow('is no URL')
      await expect(monitor.pushMetrics(`${url}/nowhere`, { job: 'j' })).rejects.toThrow('refused with 404')
      const unused = `http://127.0.0.1:${await freePort()}`
      await expect(monitor.pushMetrics(unused, { job: 'j' })).rejects.toThrow(
        'Check that a Pushgateway listens',
      )
    })
  },
)

function job(): MonitorClient {
  const monitor = new MonitorClient({ endpoint: null, service: 'nightly' }, { environment: {} })
  const trace = monitor.startTrace('q', { operation: 'index' })
  trace.recordGeneration({ provider: 'openai', model: 'gpt-4o', inputTokens: 1000, outputTokens: 0 })
  trace.end()
  return monitor
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
