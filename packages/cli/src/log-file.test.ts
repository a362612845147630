import { closeSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logSize, logTail, openLog, turnLogOver } from './log-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-log-'))
  path = join(folder, 'daemon.log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('turnLogOver keeps the old lines in one file beside, and the open log goes on at its start', () => {
  const log = openLog(path)
  writeSync(log, 'old '.repeat(10))
  expect(turnLogOver(path, 100)).toBe(false)
  expect(turnLogOver(path, 39)).toBe(true)
  writeSync(log, 'new')
  closeSync(log)
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('old '.repeat(10))
  expect(readFileSync(path, 'utf8')).toBe('new')
})

test('openLog makes a file that only its owner can read', () => {
  closeSync(openLog(path))
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('logTail is the last lines after a position', () => {
  const log = openLog(path)
  writeSync(log, 'earlier run\n')
  const begin = logSize(path)
  writeSync(log, 'one\ntwo\nthree\n')
  closeSync(log)
  expect(logTail(path, begin, 2)).toBe('two\nthree')
  expect(logTail(path, begin, 9)).toBe('one\ntwo\nthree')
  expect(logTail(join(folder, 'missing'), 0, 9)).toBe('')
  expect(logSize(join(folder, 'missing'))).toBe(0)
})
