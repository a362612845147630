import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { arrivalsOf, readTrace } from './arrivals.ts'
import type { AskOutcome, Question } from './ask.ts'
import { startDriver } from './driver.ts'
import type { DriverClock, DriverOptions } from './driver.ts'

const trace = await readTrace(fileURLToPath(new URL('../data/azure-llm-arrivals.csv', import.meta.url)))
const questions = ['zero?', 'one?', 'two?']
const startMs = 1000

beforeEach(() => {
  vi.useFakeTimers({ now: startMs })
})
afterEach(() => {
  vi.useRealTimers()
})

/** The clock of vitest's fake timers. */
const clock: DriverClock = {
  now: () => Date.now(),
  sleep: (durationMs, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer)
        reject(new Error('aborted'))
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve(undefined)
      }, durationMs)
      signal.addEventListener('abort', stop)
    }),
}

function driverWith(options: Partial<DriverOptions>) {
  return startDriver({
    arrivals: arrivalsOf(trace, 1),
    questions,
    ask: async () => 'answered',
    clock,
    signal: new AbortController().signal,
    ...options,
  })
}

function answerNextTurn(): Promise<AskOutcome> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('answered'), 0)
  })
}

/** Asks that stay open until told. */
function openAsks() {
  const open: ((outcome: AskOutcome) => void)[] = []
  const ask = () => new Promise<AskOutcome>((resolve) => open.push(resolve))
  return { open, ask }
}

test.each([1, 8])('startDriver asks at the exact times of the whole trace at speed %i', async (speed) => {
  const askedAtMs: number[] = []
  const driver = driverWith({
    arrivals: arrivalsOf(trace, speed),
    requestsMax: trace.length,
    ask: async () => {
      askedAtMs.push(Date.now() - startMs)
      return 'answered'
    },
  })
  await vi.runAllTimersAsync()
  await driver.done
  expect(askedAtMs).toEqual(trace.map(({ arrivalMs }) => Math.ceil(arrivalMs / speed)))
  expect(driver.counts).toEqual({
    asked: 4424,
    skipped: 0,
    inFlight: 0,
    answered: 4424,
    notFound: 0,
    failed: 0,
  })
})

test('startDriver takes question and company from the token counts of the row', async () => {
  const asked: Question[] = []
  const rows = [
    { arrivalMs: 0, contextTokens: 374, generatedTokens: 44 },
    { arrivalMs: 1, contextTokens: 396, generatedTokens: 109 },
  ]
  const driver = driverWith({
    arrivals: arrivalsOf(rows, 1),
    requestsMax: 2,
    ask: async (question) => {
      asked.push(question)
      return 'answered'
    },
  })
  await vi.runAllTimersAsync()
  await driver.done
  expect(asked).toEqual([
    { question: 'two?', org: 'helio-health', replayedOutputTokens: 44 },
    { question: 'zero?', org: 'northwind-bank', replayedOutputTokens: 109 },
  ])
})

test('startDriver does not wait for answers, and skips and counts what is beyond the bound', async () => {
  const { open, ask } = openAsks()
  const driver = driverWith({ ask, requestsMax: 5, inFlightMax: 3 })
  await vi.runAllTimersAsync()
  expect(driver.counts).toEqual({ asked: 3, skipped: 2, inFlight: 3, answered: 0, notFound: 0, failed: 0 })

  open[0]?.('answered')
  open[1]?.('notFound')
  open[2]?.('failed')
  await driver.done
  expect(driver.counts).toEqual({ asked: 3, skipped: 2, inFlight: 0, answered: 1, notFound: 1, failed: 1 })
})

test('startDriver catches up after a stall without skipping what can be answered', async () => {
  const rows = Array.from({ length: 200 }, (_, arrivalMs) => ({
    arrivalMs,
    contextTokens: 1,
    generatedTokens: 1,
  }))
  const driver = driverWith({
    arrivals: arrivalsOf(rows, 1),
    ask: answerNextTurn,
    requestsMax: 200,
    inFlightMax: 3,
  })
  vi.setSystemTime(startMs + 60_000)
  await vi.runAllTimersAsync()
  await driver.done
  expect(driver.counts).toMatchObject({ asked: 200, skipped: 0, answered: 200 })
})

test('startDriver asks no more after a stop, and ends when the last answer is there', async () => {
  const stop = new AbortController()
  const { open, ask } = openAsks()
  const driver = driverWith({ ask, signal: stop.signal })
  let ended = false
  const done = driver.done.then(() => (ended = true))
  await vi.advanceTimersByTimeAsync(4400)
  expect(driver.counts.asked).toBe(2)

  stop.abort()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(driver.counts.asked).toBe(2)
  expect(ended).toBe(false)
  for (const answer of open) answer('answered')
  await done
})

test('startDriver drives on past the end of the trace', async () => {
  const rows = [{ arrivalMs: 7, contextTokens: 1, generatedTokens: 1 }]
  const driver = driverWith({ arrivals: arrivalsOf(rows, 1), requestsMax: 4 })
  await vi.runAllTimersAsync()
  await driver.done
  expect(Date.now() - startMs).toBe(3 * 900_000 + 7)
})
