/** What can be in the way of start, status and stop: each fault has its own answer and its own exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createHome, isAlive, startOtherProgram, until } from './command-line.ts'
import type { DaemonRecord, Home } from './command-line.ts'

test('start while it runs: already running, and the first goes on', async () => {
  const home = createHome()
  await home.run(['start'])
  const { pid, url } = home.record()
  expect(await home.run(['start'])).toEqual({
    code: 4,
    stdout: '',
    stderr: expect.stringContaining(`error: ragmeter is running already (pid ${pid}) at ${url}.`),
  })
  expect(await home.run(['start', '--foreground'])).toMatchObject({ code: 4 })
  expect(home.record().pid).toBe(pid)
  expect(isAlive(pid)).toBe(true)
})

test.each([
  ['one database', [], [4, 6]],
  ['databases of their own', ['--db'], [4]],
])(
  'two starts at one moment with %s: one wins, the other leaves nothing behind',
  async (_, flags, losses) => {
    const home = createHome()
    const start = (name: string) =>
      home.run(['start', ...flags.map((flag) => `${flag}=${home.folder}/${name}.db`)])
    const outcomes = await Promise.all([start('a'), start('b')])
    const codes = outcomes.map(({ code }) => code ?? -1).sort((left, right) => left - right)
    expect(codes[0]).toBe(0)
    expect(losses).toContain(codes[1])
    expect(await home.run(['status'])).toMatchObject({ code: 0 })
    await until(() => daemonsOf(home).length === 1)
    expect(daemonsOf(home)).toEqual([home.record().pid])
  },
)

test('start that is interrupted: the daemon it was starting ends too', async () => {
  const home = createHome()
  const { child, exit } = home.spawn(['start'])
  await until(() => daemonsOf(home).length === 1)
  const [daemon = 0] = daemonsOf(home)
  // Held while it starts, so that it cannot be faster than the interruption.
  process.kill(daemon, 'SIGSTOP')
  child.kill('SIGINT')
  expect(await exit).toEqual([130, null])
  process.kill(daemon, 'SIGCONT')
  await until(() => !isAlive(daemon))
  expect(home.hasRecord()).toBe(false)
})

test('start on a port of another program: busy, never "started"', async () => {
  const home = createHome()
  const port = await occupyPort()
  const outcome = await home.run(['start', '--port', String(port)])
  expect(outcome).toEqual({
    code: 5,
    stdout: '',
    stderr: `error: Port ${port} is taken by another program.\nChoose another port with --port or RAGMETER_PORT.\n`,
  })
  expect(home.hasRecord()).toBe(false)
  expect(daemonsOf(home)).toEqual([])
  expect(await home.run(['start', '--foreground', '--port', String(port)])).toMatchObject({ code: 5 })
})

test('start on the port of another ragmeter: busy, and it is named', async () => {
  const [first, second] = [createHome(), createHome()]
  await first.run(['start'])
  const { pid, port } = first.record()
  const outcome = await second.run(['start', '--port', String(port)])
  expect(outcome.code).toBe(5)
  expect(outcome.stderr).toContain(`Port ${port} is taken by another ragmeter (pid ${pid},`)
})

test('start on the database of another daemon: in use', async () => {
  const [first, second] = [createHome(), createHome()]
  await first.run(['start'])
  const db = join(first.folder, 'ragmeter.db')
  const outcome = await second.run(['start', '--db', db])
  expect(outcome.code).toBe(6)
  expect(outcome.stderr).toContain(`${db} is in use by another daemon`)
  expect(await first.run(['status'])).toMatchObject({ code: 0 })
})

test('start on what is no database: unusable, and the file is left as it is', async () => {
  const home = createHome()
  const db = join(home.folder, 'letter.txt')
  writeFileSync(db, 'Dear reader, '.repeat(1000))
  expect(await home.run(['start', '--db', db])).toMatchObject({
    code: 7,
    stderr: expect.stringContaining('not a sound database'),
  })
  expect(readFileSync(db, 'utf8')).toBe('Dear reader, '.repeat(1000))
})

test('start with a database path that leads nowhere: unusable', async () => {
  const home = createHome()
  writeFileSync(join(home.folder, 'file'), '')
  const db = join(home.folder, 'file', 'ragmeter.db')
  expect(await home.run(['start', '--db', db])).toMatchObject({ code: 7 })
})

test.skipIf(!existsSync('/proc/self')).each(['--home', '--db', '--log-file'])(
  'start with %s below a folder in which nothing can be made says so, and ends',
  async (flag) => {
    const home = createHome()
    const outcome = await home.run(['start', flag, '/proc/no-such-process/ragmeter'])
    expect(outcome).toMatchObject({ code: flag === '--db' ? 7 : 12, stdout: '' })
    expect(outcome.stderr).toContain('/proc/no-such-process')
    expect(outcome.stderr).not.toContain('report')
  },
)

const tokenFlag = ['--token', 'long-enough']

test.each([
  ['a bad value', ['start', '--port', '70000'], 8, /--port: "70000" is not a number from 0 to 65535/],
  ['an open port without a token', ['start', '--host', '0.0.0.0'], 8, /RAGMETER_TOKEN or --token/],
  ['an address of nobody here', ['start', '--host', '192.0.2.1', ...tokenFlag], 8, /no address 192\.0\.2\.1/],
  ['a missing configuration file', ['status', '--config', 'missing.yaml'], 8, /Cannot read .*missing\.yaml/],
  ['an unknown option', ['start', '--prot', '80'], 2, /unknown option '--prot'\.\n.*Did you mean --port\?/],
  ['an unknown command', ['strat'], 2, /unknown command 'strat'\.\n.*Did you mean start\?/],
  ['an unknown period', ['stats', '--period', '2h'], 2, /Allowed choices are 1h, 24h, 7d/],
  ['a bad count', ['demo', '--requests', '0'], 2, /whole number from 1 to/],
  ['no command', [], 2, /Usage: ragmeter/],
])('%s', async (_, commandArguments, code, text) => {
  const home = createHome()
  const outcome = await home.run(commandArguments)
  expect(outcome).toMatchObject({ code, stdout: '' })
  expect(outcome.stderr).toMatch(text)
  expect(home.hasRecord()).toBe(false)
})

test('a typo in ragmeter.yaml: invalid, with the key that was meant', async () => {
  const home = createHome()
  writeFileSync(join(home.folder, 'ragmeter.yaml'), 'retentionDay: 3\n')
  expect(await home.run(['start'])).toMatchObject({
    code: 8,
    stderr: expect.stringMatching(/no option "retentionDay"(.|\n)*retentionDays/),
  })
})

test('kill -9: status says so, start says that nothing is lost, and counts go on', async () => {
  const home = createHome()
  await home.run(['start'])
  const { pid, url } = home.record()
  const traces = [{ id: 'a', timestamp: Date.now(), total_latency_ms: 5 }]
  await fetch(`${url}/ingest`, { method: 'POST', body: JSON.stringify({ traces }) })
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid))
  const status = await home.run(['status'])
  expect(status.code).toBe(3)
  expect(status.stdout).toContain(`Process ${pid} ended without cleaning up`)
  const start = await home.run(['start'])
  expect(start.code).toBe(0)
  expect(start.stderr).toContain('warning: A state file was left over.')
  const { envelope } = await home.json(['status'])
  expect(envelope.data).toMatchObject({ traces_total: 1, traces_stored: 1 })
})

test('stop after kill -9: not running, and the state file is removed', async () => {
  const home = createHome()
  await home.run(['start'])
  const { pid } = home.record()
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid))
  expect(await home.run(['stop'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('Nothing was stopped'),
  })
  expect(home.hasRecord()).toBe(false)
})

test.each([
  ['with the birth of the daemon noted', (record: DaemonRecord) => record.processStart],
  ['without', () => null],
])('a pid that belongs to another program now, %s: that program is left alone', async (_, birth) => {
  const home = createHome()
  await home.run(['start'])
  const record = home.record()
  await home.run(['stop'])
  const other = startOtherProgram()
  const pid = other.pid ?? 0
  const stale = { ...record, pid, processStart: birth(record) }
  home.writeRecord(stale)
  const status = await home.run(['status'])
  expect(status.code).toBe(3)
  expect(status.stdout).toContain('another program')
  expect(await home.run(['stop', '--force'])).toMatchObject({ code: 3 })
  home.writeRecord(stale)
  expect(await home.run(['start'])).toMatchObject({ code: 0 })
  expect(other.exitCode ?? other.signalCode).toBeNull()
  expect(isAlive(pid)).toBe(true)
})

test.each(['', '{"pid": "1"}'])('a broken state file %j is no obstacle', async (text) => {
  const home = createHome()
  home.writeRecord(text)
  expect(await home.run(['status'])).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('cannot be read'),
  })
  expect(await home.run(['start'])).toMatchObject({ code: 0 })
  expect(await home.run(['status'])).toMatchObject({ code: 0 })
})

test('a daemon that hangs: unresponsive for all, and only --force ends it', async () => {
  const home = createHome()
  await home.run(['start'])
  const { pid, url } = home.record()
  process.kill(pid, 'SIGSTOP')
  const answers = await Promise.all([home.run(['status']), home.run(['start']), home.run(['stats'])])
  expect(answers.map(({ code }) => code)).toEqual([9, 9, 9])
  expect(answers[0]?.stdout).toContain(`it does not answer at ${url}`)
  expect(answers[0]?.stdout).toContain('ragmeter stop --force')
  const stopped = await home.run(['stop', '--force'])
  expect(stopped).toMatchObject({ code: 0, stdout: expect.stringContaining(`Killed ragmeter (pid ${pid})`) })
  expect(isAlive(pid)).toBe(false)
  expect(home.hasRecord()).toBe(false)
  expect(await home.run(['start'])).toMatchObject({ code: 0 })
})

test('a daemon of another container: it answers, but is not ours to stop', async () => {
  const home = createHome()
  await home.run(['start'])
  const record = home.record()
  // Seen from here the pid is nobody's, or another program's.
  home.writeRecord({ ...record, processStart: 'another boot:1' })
  expect(await home.run(['status'])).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('another container'),
  })
  expect(await home.run(['stop', '--force'])).toMatchObject({ code: 12 })
  expect(await home.run(['start'])).toMatchObject({ code: 4 })
  expect(isAlive(record.pid)).toBe(true)
  home.writeRecord(record)
})

test('a token: asked for, taken from the environment, and never where others can read it', async () => {
  const home = createHome()
  const token = 'correct-horse-battery'
  expect(await home.run(['start', '--token', token])).toMatchObject({ code: 0 })
  const { pid } = home.record()
  expect(await home.run(['status'])).toMatchObject({
    code: 11,
    stdout: expect.stringContaining('RAGMETER_TOKEN'),
  })
  expect(await home.run(['stats', '--token', 'wrong-token'])).toMatchObject({ code: 11 })
  expect(await home.run(['status'], { RAGMETER_TOKEN: token })).toMatchObject({ code: 0 })
  writeFileSync(join(home.folder, 'ragmeter.yaml'), `token: ${token}\n`)
  expect(await home.run(['stats'])).toMatchObject({ code: 0 })
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(token)
  expect(JSON.stringify(home.record())).not.toContain(token)
  expect(readFileSync(join(home.folder, 'daemon.log'), 'utf8')).not.toContain(token)
  // Stopping needs no token: the process is proven to be ours by its birth.
  writeFileSync(join(home.folder, 'ragmeter.yaml'), '')
  expect(await home.run(['stop'])).toMatchObject({ code: 0 })
})

test.each([
  ['cannot store', { status: 'unhealthy', reason: 'disk full' }, 10, 'cannot store: disk full'],
  ['is stopping', { error: { code: 'stopping', message: '', hint: '' } }, 9, 'is stopping'],
])('status of a daemon that %s', async (_, body, code, text) => {
  const home = createHome()
  home.writeRecord(await startFakeDaemon(body))
  expect(await home.run(['status'])).toMatchObject({ code, stdout: expect.stringContaining(text) })
})

/** A process that answers everything with 503 and this body. @returns its state file */
async function startFakeDaemon(body: object): Promise<DaemonRecord> {
  const identity = { version: '0.1.0', started_at: '2026-01-01T00:00:00.000Z', nonce: 'n' }
  const answer = JSON.stringify({ ...identity, ...body })
  const script = `
    const server = require('node:http').createServer((request, response) => {
      response.writeHead(503).end(JSON.stringify({ pid: process.pid, ...${answer} }))
    })
    server.listen(0, '127.0.0.1', () => console.log(server.address().port))`
  const child = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(line.toString())
  const pid = child.pid ?? 0
  const ticks = readProcess(pid, 'stat').split(') ')[1]?.split(' ')[19]
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return {
    pid,
    processStart: `${boot}:${ticks}`,
    host: '127.0.0.1',
    port,
    url: `http://127.0.0.1:${port}`,
    startedAt: identity.started_at,
    nonce: identity.nonce,
    db: 'ragmeter.db',
    dbFile: null,
    log: null,
    version: identity.version,
  }
}

/** A port that a program holds which is no ragmeter and does not speak HTTP. */
async function occupyPort(): Promise<number> {
  const server = createServer((socket) => socket.end('220 mail.example ESMTP\r\n'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** The daemons that run in the background for a home. */
function daemonsOf(home: Home): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const has = (file: string, text: string) => readProcess(pid, file).split('\0').includes(text)
      return has('environ', `RAGMETER_HOME=${home.folder}`) && has('cmdline', '--from-background')
    })
}

/** '' if the process is gone, or another user's. */
function readProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
