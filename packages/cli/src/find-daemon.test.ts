import { expect, test } from 'vitest'
import { judge } from './find-daemon.ts'
import type { Finding } from './find-daemon.ts'
import type { Health, Probe } from './probe.ts'
import type { Sameness } from './process-identity.ts'
import type { DaemonRecord } from './state-file.ts'

const record: DaemonRecord = {
  pid: 4711,
  processStart: 'boot:22',
  host: '127.0.0.1',
  port: 7246,
  url: 'http://127.0.0.1:7246',
  startedAt: '2026-01-01T00:00:00.000Z',
  nonce: 'n1',
  db: '/somewhere/ragmeter.db',
  dbFile: '1:2',
  log: null,
  version: '0.1.0',
}
const health: Health = {
  pid: 4711,
  startedAt: record.startedAt,
  nonce: record.nonce,
  version: '0.1.0',
  healthy: true,
  reason: null,
  uptimeSeconds: 1,
  tracesCollected: 0,
  storage: {},
}

const ours: Probe = { answer: 'ragmeter', health }
const otherPid: Probe = { answer: 'ragmeter', health: { ...health, pid: 4712 } }
const laterStart: Probe = { answer: 'ragmeter', health: { ...health, nonce: 'n2' } }
const locked: Probe = { answer: 'locked' }
const stopping: Probe = { answer: 'stopping' }
const program: Probe = { answer: 'other_program', reason: 'it answers GET /health with HTTP 404' }
const nobody: Probe = { answer: 'nobody' }
const silent: Probe = { answer: 'timeout' }

const verdicts: [Sameness, string, Probe, Finding['state']][] = [
  ['same', 'ours', ours, 'running'],
  ['same', 'another ragmeter', otherPid, 'unresponsive'],
  ['same', 'a locked ragmeter', locked, 'locked'],
  ['same', 'one that stops', stopping, 'stopping'],
  ['same', 'another program', program, 'unresponsive'],
  ['same', 'nobody', nobody, 'unresponsive'],
  ['same', 'silence', silent, 'unresponsive'],
  ['unknown', 'ours', ours, 'running'],
  ['unknown', 'ours, started again under the same number', laterStart, 'stale'],
  ['unknown', 'a locked ragmeter', locked, 'locked'],
  ['unknown', 'another program', program, 'stale'],
  ['unknown', 'nobody', nobody, 'stale'],
  ['gone', 'ours', ours, 'elsewhere'],
  ['gone', 'another ragmeter', otherPid, 'stale'],
  ['gone', 'a locked ragmeter', locked, 'stale'],
  ['gone', 'nobody', nobody, 'stale'],
  ['other', 'ours', ours, 'elsewhere'],
  ['other', 'another ragmeter', otherPid, 'stale'],
  ['other', 'silence', silent, 'stale'],
  ['other', 'nobody', nobody, 'stale'],
]

test.each(verdicts)('judge: the process is %s, %s answers', (sameness, _, answer, state) => {
  expect(judge(record, sameness, answer).state).toBe(state)
})

test('judge says what is wrong with a daemon that does not answer', () => {
  expect(judge(record, 'same', program)).toMatchObject({
    reason: 'what answers at http://127.0.0.1:7246 is not ragmeter (it answers GET /health with HTTP 404)',
  })
  expect(judge(record, 'same', otherPid)).toMatchObject({
    reason: 'another ragmeter (pid 4712) answers at http://127.0.0.1:7246',
  })
})
