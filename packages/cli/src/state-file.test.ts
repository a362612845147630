import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimState, makeStateFolder, readState, removeRecord, statePaths } from './state-file.ts'
import type { DaemonRecord, StateReading } from './state-file.ts'

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
const never = () => false

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-state-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('makeStateFolder makes a directory that only its owner can read', () => {
  const home = join(folder, 'a', 'b')
  makeStateFolder(home)
  expect(statSync(home).mode & 0o777).toBe(0o700)
})

test('makeStateFolder names the remedy where it cannot', () => {
  writeFileSync(join(folder, 'file'), '')
  expect(() => makeStateFolder(join(folder, 'file', 'home'))).toThrow(
    expect.objectContaining({ exit: 'denied', hint: expect.stringContaining('RAGMETER_HOME') }),
  )
})

test('readState of an empty or a missing directory is absent', () => {
  expect(readState(folder)).toEqual({ state: 'absent' })
  expect(readState(join(folder, 'missing'))).toEqual({ state: 'absent' })
})

test.each([
  ['half a record', '{"pid": 47'],
  ['another form', '{"pid": "4711"}'],
  ['a pid that kill() takes for a group', JSON.stringify({ ...record, pid: -1 })],
  ['nothing', ''],
])('readState of %s is unreadable', (_, text) => {
  writeFileSync(statePaths(folder).record, text)
  expect(readState(folder)).toMatchObject({ state: 'unreadable' })
})

test('readState of what the system does not let us read is denied, and not taken for left over', () => {
  const path = statePaths(folder).record
  symlinkSync(path, path)
  expect(() => readState(folder)).toThrow(
    expect.objectContaining({ exit: 'denied', hint: expect.stringContaining('the user whose home folder') }),
  )
  rmSync(path)
  mkdirSync(path)
  expect(() => readState(folder)).toThrow(
    expect.objectContaining({ exit: 'denied', hint: expect.stringContaining('Move that folder away') }),
  )
})

test('makeStateFolder where nothing can be made is denied, and returns', () => {
  const folderOfNobody = existsSync('/proc/self') ? '/proc/no-such-process/home' : '/dev/null/home'
  expect(() => makeStateFolder(folderOfNobody)).toThrow(expect.objectContaining({ exit: 'denied' }))
})

test('claimState writes a private record that reads back, and leaves nothing else behind', () => {
  expect(claimState(folder, record, never)).toBeUndefined()
  expect(readState(folder)).toEqual({ state: 'present', record })
  expect(statSync(statePaths(folder).record).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['daemon.json'])
})

test('claimState where the system refuses is denied', () => {
  expect(() => claimState(join(folder, 'missing'), record, never)).toThrow(
    expect.objectContaining({ exit: 'denied', message: expect.stringContaining('cannot be written') }),
  )
})

test('claimState leaves a record alone that may not be replaced, and returns it', () => {
  claimState(folder, record, never)
  const other = { ...record, pid: 4712 }
  expect(claimState(folder, other, never)).toEqual({ state: 'present', record })
  expect(readState(folder)).toEqual({ state: 'present', record })
  expect(readdirSync(folder)).toEqual(['daemon.json'])
})

test('claimState replaces a stale record', () => {
  claimState(folder, record, never)
  const other = { ...record, pid: 4712 }
  expect(claimState(folder, other, () => true)).toBeUndefined()
  expect(readState(folder)).toEqual({ state: 'present', record: other })
  expect(readdirSync(folder)).toEqual(['daemon.json'])
})

test('claimState does not replace the record that another daemon puts there while the stale one is judged', () => {
  claimState(folder, record, never)
  const rival = { ...record, pid: 4712 }
  const seen: StateReading[] = []
  const left = claimState(folder, { ...record, pid: 4713 }, (found) => {
    seen.push(found)
    if (seen.length > 1) return false
    removeRecord(folder, found)
    claimState(folder, rival, never)
    return true
  })
  expect(left).toEqual({ state: 'present', record: rival })
  expect(readState(folder)).toEqual({ state: 'present', record: rival })
})

test('removeRecord removes the record it was shown and no other', () => {
  claimState(folder, record, never)
  removeRecord(folder, { state: 'present', record: { ...record, pid: 1 } })
  expect(readState(folder)).toEqual({ state: 'present', record })
  removeRecord(folder, { state: 'present', record })
  expect(readState(folder)).toEqual({ state: 'absent' })
  removeRecord(folder, { state: 'present', record })
})

test('removeRecord leaves what it cannot read where it is', () => {
  const path = statePaths(folder).record
  mkdirSync(path)
  expect(() => removeRecord(folder, { state: 'present', record })).toThrow(
    expect.objectContaining({ exit: 'denied' }),
  )
  expect(readdirSync(folder)).toEqual(['daemon.json'])
})
