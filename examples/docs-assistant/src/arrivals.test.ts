import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { arrivalsOf, readTrace } from './arrivals.ts'

const path = fileURLToPath(new URL('../data/azure-llm-arrivals.csv', import.meta.url))

function firstTimes(rows: number[], count: number, speed: number): number[] {
  const trace = rows.map((arrivalMs) => ({ arrivalMs, contextTokens: 1, generatedTokens: 1 }))
  const times: number[] = []
  for (const { atMs } of arrivalsOf(trace, speed)) {
    if (times.push(atMs) === count) break
  }
  return times
}

test('readTrace reads every row of the file', async () => {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n').slice(1)
  const trace = await readTrace(path)
  expect(trace.map((row) => Object.values(row).join(','))).toEqual(lines)
  expect(trace.length).toBe(4424)
})

test('readTrace refuses a file that is no trace', async () => {
  await expect(readTrace(fileURLToPath(import.meta.url))).rejects.toThrow('first line')
})

test('arrivalsOf compresses time by the speed', () => {
  expect(firstTimes([0, 10, 15], 3, 1)).toEqual([0, 10, 15])
  expect(firstTimes([0, 10, 15], 3, 4)).toEqual([0, 2.5, 3.75])
})

test('arrivalsOf starts the trace anew after a quarter of an hour', () => {
  expect(firstTimes([0, 10], 5, 1)).toEqual([0, 10, 900_000, 900_010, 1_800_000])
})

test('arrivalsOf ends at once without a trace', () => {
  expect([...arrivalsOf([], 1)]).toEqual([])
})
