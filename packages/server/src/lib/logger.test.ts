import { EventEmitter } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLogger, outlast } from './logger.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-logger-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('createLogger makes a file and folders that only their owner can read, and appends', () => {
  const file = join(folder, 'logs', 'ragmeter', 'daemon.log')
  createLogger({ level: 'info', file }).info('one')
  createLogger({ level: 'info', file }).info('two')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'logs')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'logs', 'ragmeter')).mode & 0o777).toBe(0o700)
  expect(readFileSync(file, 'utf8')).toMatch(/"msg":"one"\}\n.*"msg":"two"\}\n$/)
})

test.skipIf(!existsSync('/dev/full'))('createLogger: a full disk is not thrown at who logs', () => {
  const logger = createLogger({ level: 'info', file: '/dev/full' })
  for (let line = 0; line < 3; line += 1) expect(() => logger.info('a line')).not.toThrow()
})

test('outlast tells how many lines were lost, once and when lines can be written again', () => {
  const stream = new EventEmitter()
  const told: number[] = []
  outlast(stream, (lines) => told.push(lines))
  stream.emit('drain')
  stream.emit('error', new Error('ENOSPC'))
  stream.emit('drop')
  stream.emit('drop')
  expect(told).toEqual([])
  stream.emit('drain')
  stream.emit('drain')
  expect(told).toEqual([2])
})
