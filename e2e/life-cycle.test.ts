/** From the first start to the last stop. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHome, isAlive, until } from './command-line.ts'

const trace = (id: string, overrides: Record<string, unknown> = {}) => ({
  id,
  timestamp: new Date().toISOString(),
  query_hash: 'abc',
  query_length: 12,
  total_latency_ms: 100,
  ...overrides,
})

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()

async function ingest(url: string, traces: readonly object[]): Promise<void> {
  const answer = await fetch(`${url}/ingest`, { method: 'POST', body: JSON.stringify({ traces }) })
  expect(await answer.json()).toMatchObject({ accepted: traces.length, dropped: 0 })
}

test('start, status, stats, stop: each says what is so', async () => {
  const home = createHome()
  expect(await home.run(['status'])).toEqual({
    code: 3,
    stdout: 'ragmeter is not running.\nStart it with: ragmeter start\n',
    stderr: '',
  })

  const started = await home.run(['start'])
  expect(started).toMatchObject({ code: 0, stderr: '' })
  const { pid, url } = home.record()
  expect(started.stdout).toContain(`ragmeter is running (pid ${pid})`)
  expect(started.stdout).toContain(url)
  expect(isAlive(pid)).toBe(true)
  expect(statSync(join(home.folder, 'daemon.json')).mode & 0o777).toBe(0o600)

  const fresh = await home.run(['status'])
  expect(fresh.code).toBe(0)
  expect(fresh.stdout).toMatch(/Success +no data/)

  await ingest(url, [
    ...Array.from({ length: 18 }, (_, index) => trace(`ok-${index}`)),
    trace('slow', { total_latency_ms: 4000 }),
    trace('bad', { success: false, error_type: 'timeout' }),
  ])
  const status = await home.run(['status'])
  expect(status.stdout).toMatch(/PID +\d+/)
  expect(status.stdout).toMatch(/Success +95\.00 %/)
  expect(status.stdout).toMatch(/P50 +(99|10[01])(\.\d)? ms/)
  const stats = await home.run(['stats', '--period', '1h'])
  expect(stats.code).toBe(0)
  expect(stats.stdout).toMatch(/Requests +20 \(exact/)
  expect(stats.stdout).toMatch(/timeout +1\n/)

  const stopped = await home.run(['stop'])
  expect(stopped.code).toBe(0)
  expect(stopped.stdout).toContain(`Stopped ragmeter (pid ${pid})`)
  expect(isAlive(pid)).toBe(false)
  expect(home.hasRecord()).toBe(false)
  const lastLine = readFileSync(join(home.folder, 'daemon.log'), 'utf8').trimEnd().split('\n').at(-1)
  expect(lastLine).toContain('"msg":"stopped"')
  // A database that was closed has no log beside it.
  expect(readdirSync(home.folder)).not.toContain('ragmeter.db-wal')
  expect(await home.run(['status'])).toMatchObject({ code: 3 })
  expect(await home.run(['stop'])).toMatchObject({ code: 3, stdout: '' })
  expect(await home.run(['stats'])).toMatchObject({
    code: 3,
    stderr: 'error: ragmeter is not running.\nStart it with: ragmeter start\n',
  })
})

test('a restart keeps the counts, and --period and --service choose among them', async () => {
  const home = createHome()
  await home.run(['start'])
  await ingest(home.record().url, [
    trace('now', { service: 'a' }),
    trace('earlier', { service: 'b', timestamp: hoursAgo(5) }),
    trace('days ago', { service: 'b', timestamp: hoursAgo(60) }),
  ])
  await home.run(['stop'])
  await home.run(['start'])
  const requests = async (...options: string[]) => {
    const { envelope } = await home.json(['stats', ...options])
    return envelope.data?.['requests']
  }
  expect(await requests('--period', '1h')).toBe(1)
  expect(await requests()).toBe(2)
  expect(await requests('--period', '7d')).toBe(3)
  expect(await requests('--period', '7d', '--service', 'b')).toBe(2)
  const { envelope } = await home.json(['status'])
  expect(envelope.data).toMatchObject({ traces_total: 3, traces_stored: 3, requests: 2 })
})

test('demo starts a daemon if none runs, and what it sent is there to see', async () => {
  const home = createHome()
  const { code, stdout } = await home.run(['demo', '--requests', '44'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/Requests +44 \(exact/)
  const { url } = home.record()
  const answer = await fetch(`${url}/api/v1/traces?service=ragmeter-demo&limit=100`)
  expect(await answer.json()).toMatchObject({ traces: { length: 44 } })
  const page = await (await fetch(`${url}/metrics`)).text()
  expect(page).toMatch(/^rag_retrievals_total\{service="ragmeter-demo".*outcome="found"\} [1-9]/m)
  // No language model is called, so no call may be shown.
  expect(page).not.toMatch(/^rag_llm_requests_total.*ragmeter-demo/m)
  expect(await home.json(['demo', '--requests', '1'])).toMatchObject({
    code: 0,
    envelope: { data: { requests: 1, accepted: 1, daemon_started: false, stats: { requests: 45 } } },
  })
})

test('demo without the token of the daemon that runs asks for it', async () => {
  const home = createHome()
  await home.run(['start'], { RAGMETER_TOKEN: 'long-enough' })
  expect(await home.run(['demo', '--requests', '1'])).toMatchObject({
    code: 11,
    stderr: expect.stringContaining('Set RAGMETER_TOKEN') as string,
  })
})

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'in the foreground %s stops gracefully',
  async (signal) => {
    const home = createHome()
    const { child, exit } = await home.foreground()
    expect((await home.run(['status'])).code).toBe(0)
    child.kill(signal)
    expect(await exit).toEqual([0, null])
    expect(home.hasRecord()).toBe(false)
  },
)

test('in the foreground a second signal ends at once, whatever is under way', async () => {
  const home = createHome()
  const { child, exit, output } = await home.foreground()
  const { port } = home.record()
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`POST /ingest HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 1000\r\n\r\n{`)
  const admitted = async () => {
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    return /^ragmeter_ingest_in_flight_requests 1$/m.test(page)
  }
  await until(admitted)
  child.kill('SIGTERM')
  await until(() => output().stderr.includes('SIGTERM'))
  child.kill('SIGTERM')
  expect(await exit).toEqual([143, null])
  socket.destroy()
})

test('in the background the daemon outlives the terminal: SIGHUP does nothing', async () => {
  const home = createHome()
  await home.run(['start'])
  const { pid } = home.record()
  process.kill(pid, 'SIGHUP')
  expect((await home.run(['status'])).code).toBe(0)
  expect(isAlive(pid)).toBe(true)
  // A session of its own: no signal of the terminal's group reaches it.
  const session = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3]
  expect(session).toBe(String(pid))
})
