import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { CommandError } from './command-error.ts'
import { watchOutput } from './watch-output.ts'

function watched() {
  const [stdout, stderr] = [new EventEmitter(), new EventEmitter()]
  const reports: CommandError[] = []
  const codes: number[] = []
  const watch = watchOutput(
    stdout,
    stderr,
    (failure) => reports.push(failure),
    (code) => codes.push(code),
  )
  return { stdout, stderr, reports, codes, watch }
}
const systemError = (code: string) => Object.assign(new Error(`${code}: it failed, write`), { code })

test('watchOutput: a reader that has gone is no failure, and neither is what follows it', () => {
  const { stdout, reports, codes, watch } = watched()
  stdout.emit('error', systemError('EPIPE'))
  stdout.emit('error', systemError('ERR_STREAM_DESTROYED'))
  expect([reports, codes, watch.exitCodeAfter(3)]).toEqual([[], [], 3])
})

test('watchOutput: a full disk is told once, with its remedy, and is the end of the command', () => {
  const { stdout, reports, codes, watch } = watched()
  expect(watch.exitCodeAfter(0)).toBe(0)
  stdout.emit('error', systemError('ENOSPC'))
  stdout.emit('error', systemError('ENOSPC'))
  expect(reports).toEqual([expect.objectContaining({ hint: expect.stringMatching(/^Free space/) as string })])
  expect(codes).toEqual([1])
  expect(watch.exitCodeAfter(0)).toBe(1)
})

test('watchOutput: standard error that cannot be written is nobody to tell', () => {
  const { stderr, reports, watch } = watched()
  stderr.emit('error', systemError('ENOSPC'))
  expect([reports, watch.exitCodeAfter(3)]).toEqual([[], 3])
})
