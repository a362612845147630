/** `ragmeter simulate` as a user types it: a year to look at, blocks for a real Prometheus, live traffic. */
import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RuleGroup } from '@ragmeter/ops'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { createHome } from './command-line.ts'
import { freePort, getJson, untilAnswered } from './daemon-process.ts'
import { program } from './programs.ts'
import { openPage, settled, startBrowser } from './ui/browser.ts'

const prometheus = program('prometheus')
const pushgateway = program('prometheus-pushgateway')
const chromium = program('chromium')

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-simulate-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Starts a server and waits until it is ready. */
async function serve(command: string, flags: readonly string[], readyUrl: string): Promise<ChildProcess> {
  const child = spawn(command, flags, { stdio: ['ignore', 'ignore', 'pipe'] })
  let written = ''
  child.stderr.on('data', (data: Buffer) => (written += data.toString()))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await exited
  })
  await untilAnswered(readyUrl, child, () => written)
  return child
}

type Ask = <Result>(path: string, parameters: Record<string, string>) => Promise<Result[]>

/** A Prometheus with the blocks that promtool makes of a file. @returns what asks its API */
async function serveBlocks(folder: string, file: string): Promise<Ask> {
  const make = ['tsdb', 'create-blocks-from', 'openmetrics', '--max-block-duration=720h', '-q']
  execFileSync('promtool', [...make, file, join(folder, 'data')])
  const port = await freePort()
  writeFileSync(join(folder, 'prometheus.yml'), '')
  await serve(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=3650d',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    `http://127.0.0.1:${port}/-/ready`,
  )
  return async <Result>(path: string, parameters: Record<string, string>) => {
    const url = `http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`
    return (await getJson<{ data: { result: Result[] } }>(url)).data.result
  }
}

/** As the rules that are shipped have it. */
function expressionOf(alert: string): string {
  const file = join(import.meta.dirname, '../deploy/prometheus/alerts.rules.yml')
  const { groups } = parse(readFileSync(file, 'utf8')) as { groups: RuleGroup[] }
  const rule = groups.flatMap(({ rules }) => rules).find((one) => 'alert' in one && one.alert === alert)
  if (rule === undefined) throw new Error(`there is no rule ${alert}`)
  return rule.expr
}

const SERVICES = ['simulated-search', 'simulated-document-store', 'simulated-chat']

/** Of the simulated services, on a page of metrics. */
function total(page: string): number {
  return Array.from(page.matchAll(/^rag_requests_total\{.*service="simulated-.*\} (\d+)$/gm))
    .map(([, count]) => Number(count))
    .reduce((left, right) => left + right, 0)
}

interface Stats {
  requests: number
  traces_total: number
  traces_stored: number
}

test('a history in an empty folder is there when the daemon starts, and in no counter of /metrics', async () => {
  const home = createHome()
  const { code, envelope } = await home.json(['simulate', '--days', '40', '--requests', '200'])
  expect([code, envelope.status]).toEqual([0, 'success'])
  const written = envelope.data as {
    from: string
    requests: number
    failed: number
    stored: { traces: number }
  }
  expect(written.requests).toBeGreaterThan(2000)

  await home.foreground()
  const { url } = home.record()
  const stats = await getJson<Stats>(`${url}/stats?from=now-60d`)
  expect(stats).toMatchObject({
    requests: written.requests,
    traces_total: 0,
    traces_stored: written.stored.traces,
  })
  const ledger = await getJson<{ total: { requests: number; errors: number } }>(
    `${url}/api/v1/ledger?from=${written.from.slice(0, 10)}&environment=simulated`,
  )
  expect([ledger.total.requests, ledger.total.errors]).toEqual([written.requests, written.failed])
  const { traces } = await getJson<{ traces: { service: string; environment: string }[] }>(
    `${url}/api/v1/traces?from=now-7d&limit=500`,
  )
  expect(traces.length).toBeGreaterThan(100)
  for (const trace of traces) {
    expect(trace).toMatchObject({ environment: 'simulated', service: expect.stringMatching(/^simulated-/) })
  }
  expect(await (await fetch(`${url}/metrics`)).text()).not.toContain('simulated')

  const again = await home.json(['simulate', '--days', '2'])
  expect([again.code, again.envelope.errors[0]?.code]).toEqual([6, 'database_in_use'])
  await home.run(['stop'])
  const once = await home.json(['simulate', '--days', '2'])
  expect([once.code, once.envelope.errors[0]?.code]).toEqual([15, 'database_not_empty'])
})

test.skipIf(chromium.missing)(
  `the web application shows a history that no counter knows${chromium.note}`,
  async () => {
    const home = createHome()
    await home.run(['simulate', '--days', '40', '--requests', '200'])
    await home.foreground()
    const { url } = home.record()
    const browser = await startBrowser()
    onTestFinished(() => browser.close())
    const { page, complaints } = await openPage(browser, url)
    await page.goto(`${url}/?from=now-30d`)
    await settled(page)
    expect(await page.getByText('No request has been measured yet').count()).toBe(0)
    expect(await page.getByText('Where the time goes, by stage').count()).toBe(1)
    await page.goto(`${url}/costs?period=30d&group=service`)
    await settled(page)
    for (const service of SERVICES) expect(await page.getByRole('row', { name: service }).count()).toBe(1)
    expect(complaints).toEqual([])
  },
)

test('files instead of the database: nothing is locked, plain lines tell how far it is', async () => {
  const home = createHome()
  const folder = temporaryFolder()
  const wanted = ['--days', '3', '--requests', '50', '--csv', folder, '--until', '2026-02-01']
  const { code, stdout, stderr } = await home.run(['simulate', ...wanted])
  expect([code, readdirSync(folder).toSorted()]).toEqual([0, ['daily.csv', 'requests.csv']])
  expect(readdirSync(home.folder)).toEqual([])
  expect(stdout).toContain('None of it is real')
  expect(stderr).toBe(
    [
      'Simulating: 0 % (2026-01-29)',
      'Simulating: 25 % (2026-01-29)',
      'Simulating: 50 % (2026-01-30)',
      'Simulating: 75 % (2026-01-31)',
      'Simulating: 100 % (2026-02-01)\n',
    ].join('\n'),
  )
  const first = readFileSync(join(folder, 'requests.csv'), 'utf8')
  writeFileSync(join(folder, 'daily.csv'), 'mine')
  const refused = await home.json(['simulate', ...wanted])
  expect([refused.code, refused.envelope.errors[0]?.hint]).toEqual([2, expect.stringMatching(/--overwrite/)])
  expect(readFileSync(join(folder, 'daily.csv'), 'utf8')).toBe('mine')
  expect((await home.run(['simulate', ...wanted, '--overwrite'])).code).toBe(0)
  expect(readFileSync(join(folder, 'daily.csv'), 'utf8')).toMatch(/^day,/)
  expect(readFileSync(join(folder, 'requests.csv'), 'utf8')).toBe(first)

  const wrong = [
    ['--live', '--csv', folder],
    ['--push', 'http://127.0.0.1:1'],
    ['--until', '2100-01-01'],
    ['--until', 'yesterday'],
    ['--days', '729', '--until', '2025-12-01'],
  ]
  for (const flags of wrong) expect((await home.run(['simulate', ...flags])).code).toBe(2)
  expect((await home.run(['simulate', '--live', '--seconds', '1'])).code).toBe(3)
})

test.skipIf(prometheus.missing)(
  `a real Prometheus counts the requests of the blocks that promtool makes${prometheus.note}`,
  async () => {
    const home = createHome()
    const folder = temporaryFolder()
    const file = join(folder, 'history.om')
    const until = '2026-05-08T12:00:00Z'
    const { code, envelope } = await home.json(
      ['simulate', '--days', '8', '--requests', '300', '--until', until].concat(
        ['--openmetrics', file, '--step', '15'],
        ['--csv', folder],
      ),
    )
    expect(code).toBe(0)
    const { requests, failed } = envelope.data as { requests: number; failed: number }
    const ask = await serveBlocks(folder, file)
    const value = async (query: string): Promise<number> => {
      const [first] = await ask<{ value: [number, string] }>('query', { query, time: until })
      return Number(first?.value[1])
    }
    expect(await value('sum(rag_requests_total{environment="simulated"})')).toBe(requests)
    expect(await value('sum(rag_requests_total{status=~"error|timeout"})')).toBe(failed)
    expect(await value('sum(rag_request_duration_seconds_count)')).toBe(requests)
    expect(await value('count(rag_requests_total{environment!="simulated"})')).toBeNaN()
    // The zero before the first sample: what a series begins with is an increase too.
    const increase = await value(
      'sum(last_over_time(rag_requests_total[30d]) - min_over_time(rag_requests_total[30d]))',
    )
    expect(increase).toBeGreaterThan(0.98 * requests)
    const daily = readFileSync(join(folder, 'daily.csv'), 'utf8').trimEnd().split('\n').slice(1)
    const cost = daily.reduce((sum, line) => sum + Number(line.split(',').at(-1)), 0)
    expect(await value('sum(rag_request_cost_usd_sum)')).toBeCloseTo(cost, 6)
    const p95 = 'histogram_quantile(0.95, sum by (le) (increase(rag_request_duration_seconds_bucket[8d])))'
    expect(await value(p95)).toBeGreaterThan(1)
  },
)

test.skipIf(prometheus.missing)(
  `the alerts of batch jobs fire in a real Prometheus during their incidents, and not before${prometheus.note}`,
  async () => {
    const home = createHome()
    const folder = temporaryFolder()
    const file = join(folder, 'history.om')
    const wanted = ['--days', '30', '--requests', '20', '--until', '2026-05-08T12:00:00Z']
    const { envelope } = await home.json(['simulate', ...wanted, '--openmetrics', file])
    interface StatedIncident {
      kind: string
      from: string
      to: string
      alerts: string[]
    }
    const { incidents } = envelope.data as { incidents: StatedIncident[] }
    const ask = await serveBlocks(folder, file)
    /** How many of the samples of every hour an alert's expression has within a range. */
    const hoursOf = async (alert: string, from: number, to: number): Promise<number> => {
      const hour = 3600
      const [start, end] = [Math.ceil(from / hour) * hour, Math.floor(to / hour) * hour].map(String)
      const query = expressionOf(alert)
      const range = { query, start: start ?? '', end: end ?? '', step: String(hour) }
      const series = await ask<{ metric: { job?: string }; values: unknown[] }>('query_range', range)
      return series.find(({ metric }) => metric.job === 'simulated')?.values.length ?? 0
    }
    const ofBatchJobs = incidents.filter(({ kind }) => kind.startsWith('batch_'))
    expect(ofBatchJobs.flatMap(({ alerts }) => alerts).toSorted()).toEqual([
      'RagBatchJobFailed',
      'RagBatchJobStale',
      'RagBatchJobStale',
    ])
    for (const { from, to, alerts } of ofBatchJobs) {
      const [begin, end] = [Date.parse(from) / 1000, Date.parse(to) / 1000]
      for (const alert of alerts) {
        expect([alert, await hoursOf(alert, begin - 8 * 3600, begin)]).toEqual([alert, 0])
        expect(await hoursOf(alert, begin, end)).toBeGreaterThan(0)
      }
    }
  },
)

test.skipIf(pushgateway.missing)(
  `--live sends real traffic of three services to the daemon, and pushes it to a real Pushgateway${pushgateway.note}`,
  async () => {
    const home = createHome()
    await home.foreground()
    const { url } = home.record()
    const port = await freePort()
    const gateway = `http://127.0.0.1:${port}`
    // Debian's keeps what was pushed in a file of the system, for the next one that starts.
    const flags = [`--web.listen-address=127.0.0.1:${port}`, '--persistence.file=']
    await serve('prometheus-pushgateway', flags, `${gateway}/-/ready`)
    const live = ['simulate', '--live', '--seconds', '4', '--rate', '20', '--push', gateway]
    const { code, envelope } = await home.json([...live, '--incident', 'errors'])
    const played = envelope.data as { requests: number; delivered: boolean }
    expect([code, played.delivered, envelope.warnings]).toEqual([0, true, []])
    expect(played.requests).toBeGreaterThan(20)

    const stats = await getJson<Stats & { statuses: Record<string, number> }>(`${url}/stats?period=1h`)
    expect([stats.requests, stats.traces_total]).toEqual([played.requests, played.requests])
    expect(stats.statuses['error']).toBeGreaterThan(played.requests / 20)
    expect(total(await (await fetch(`${url}/metrics`)).text())).toBe(played.requests)
    const pushed = await (await fetch(`${gateway}/metrics`)).text()
    expect(total(pushed)).toBe(played.requests)
    for (const job of SERVICES) expect(pushed).toContain(`environment="simulated",instance="",job="${job}"`)
    const { traces } = await getJson<{ traces: object[] }>(`${url}/api/v1/traces?limit=1000`)
    expect(traces).toHaveLength(played.requests)
    for (const trace of traces) expect(trace).toMatchObject({ environment: 'simulated' })

    const refused = await home.run(['simulate', '--live', '--seconds', '9', '--push', `http://127.0.0.1:1`])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('prometheus-pushgateway')])
  },
)

test('--live ends with the first Ctrl-C, with code 0 and everything delivered', async () => {
  const home = createHome()
  await home.foreground()
  const command = home.spawn(['simulate', '--live', '--rate', '50', '--json'])
  const { url } = home.record()
  const requests = async () => (await getJson<Stats>(`${url}/stats?period=1h`)).requests
  await expect.poll(requests, { timeout: 20_000 }).toBeGreaterThan(10)
  command.child.kill('SIGINT')
  expect(await command.exit).toEqual([0, null])
  const { data } = JSON.parse(command.output().stdout) as { data: { requests: number; delivered: boolean } }
  expect([data.delivered, await requests()]).toEqual([true, data.requests])
})
