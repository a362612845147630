import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { compareProcess, lookUpProcess, parseStat } from './process-identity.ts'

test('lookUpProcess tells the same birth of a process each time, and another of another process', async () => {
  const own = lookUpProcess(process.pid)
  expect(own).toEqual(lookUpProcess(process.pid))
  expect(own).toMatchObject({ state: 'running', start: expect.any(String) })
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  try {
    await once(child, 'spawn')
    expect(lookUpProcess(child.pid ?? 0)).toMatchObject({ state: 'running' })
    // The child was born later, so its number with our birth is another process.
    expect(compareProcess(child.pid ?? 0, 'start' in own ? own.start : '')).toBe('other')
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(lookUpProcess(child.pid ?? 0)).toEqual({ state: 'gone' })
})

test('compareProcess with the birth that was noted down is same, without one unknown', () => {
  const own = lookUpProcess(process.pid)
  expect(own.state === 'running' && compareProcess(process.pid, own.start)).toBe('same')
  expect(compareProcess(process.pid, null)).toBe('unknown')
  expect(compareProcess(process.pid, 'boot:1')).toBe('other')
})

test('compareProcess of a number nobody has is gone', () => {
  // Above pid_max of every Linux.
  expect(compareProcess(2 ** 30, 'boot:1')).toBe('gone')
})

test('parseStat reads state and start time behind a program name that holds blanks and parentheses', () => {
  const fields = Array.from({ length: 19 }, (_, index) => String(index + 4)).join(' ')
  expect(parseStat(`4711 (a) R (b) S ${fields} 23 24`)).toEqual({ state: 'S', startTicks: '22' })
  expect(parseStat('')).toBeUndefined()
})
