/** --json: one envelope for every command, success or not. */
import { expect, test } from 'vitest'
import { createHome } from './command-line.ts'

const number = expect.any(Number)
const text = expect.any(String)
const version = expect.stringMatching(/^\d+\.\d+\.\d+/)

test('every command answers with the envelope and its data', async () => {
  const home = createHome()
  expect(await home.json(['start'])).toEqual({
    code: 0,
    envelope: {
      command: 'start',
      status: 'success',
      version,
      data: {
        state: 'running',
        pid: home.record().pid,
        url: home.record().url,
        db: text,
        log: text,
        version,
        started_at: text,
      },
      warnings: [],
      errors: [],
    },
  })
  expect((await home.json(['status'])).envelope).toEqual({
    command: 'status',
    status: 'success',
    version,
    data: {
      state: 'running',
      reason: null,
      pid: number,
      url: text,
      version,
      started_at: text,
      uptime_seconds: number,
      db: text,
      log: text,
      storage: expect.objectContaining({ bytes: number, traces: 0 }),
      traces_total: 0,
      traces_stored: 0,
      period: '24h',
      requests: 0,
      success_rate: null,
      latency: { p50: null, p95: null, p99: null },
    },
    warnings: [],
    errors: [],
  })
  expect((await home.json(['stats', '--period', '7d', '--service', 'x'])).envelope).toMatchObject({
    command: 'stats',
    status: 'success',
    data: { service: 'x', period: '7d', requests: 0, success_rate: null, cost: { unpriced_calls: 0 } },
  })
  expect((await home.json(['demo', '--requests', '3'])).envelope).toMatchObject({
    command: 'demo',
    data: {
      service: 'ragmeter-demo',
      requests: 3,
      accepted: 3,
      daemon_started: false,
      stats: { requests: 3 },
    },
  })
  expect((await home.json(['stop'])).envelope).toEqual({
    command: 'stop',
    status: 'success',
    version,
    data: { state: 'stopped', pid: number, killed: false, seconds: number },
    warnings: [],
    errors: [],
  })
})

test.each([
  [['status'], 'status', 3, 'not_running', { state: 'stopped', pid: null, url: null, log: null }],
  [['stop'], 'stop', 3, 'not_running', null],
  [['stats'], 'stats', 3, 'not_running', null],
  [['start', '--port', 'x'], 'start', 8, 'config_invalid', null],
  [['start', '--prot', '1'], 'start', 2, 'usage', null],
  [['strat'], 'ragmeter', 2, 'usage', null],
])(
  '%j that fails: the same envelope with the error and its remedy',
  async (given, command, exit, code, data) => {
    const home = createHome()
    expect(await home.json(given)).toEqual({
      code: exit,
      envelope: {
        command,
        status: 'error',
        version,
        data,
        warnings: [],
        errors: [{ code, message: expect.stringMatching(/./), hint: expect.stringMatching(/./) }],
      },
    })
  },
)

test('--json may stand before the command', async () => {
  const home = createHome()
  const { stdout } = await home.run(['--json', 'status'])
  expect(JSON.parse(stdout)).toMatchObject({ command: 'status', data: { state: 'stopped' } })
})

test('start --foreground --json: the envelope is one more line of JSON on standard output', async () => {
  const home = createHome()
  const { child, output, exit } = await home.foreground(['--json'])
  child.kill('SIGTERM')
  await exit
  const lines = output()
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toContainEqual(expect.objectContaining({ command: 'start', status: 'success' }))
  expect(lines.length).toBeGreaterThan(1)
  expect(output().stderr).toBe('')
})
