import { expect, test } from 'vitest'
import { linesByKind, linesByValue, stepsOf } from './cost-lines.ts'
import { totalCost } from './money.ts'
import type { Sums } from './money.ts'

const usd = (sums: Sums) => totalCost(sums).usd

const cost = (llm: number, docstore = 0, unpriced = 0): Sums => ({
  requests: 1,
  errors: 0,
  calls: 1,
  input_tokens: 0,
  output_tokens: 0,
  docstore_cost_usd: docstore,
  llm_cost_usd: llm,
  unpriced,
})
const days = { from: '2026-11-01', to: '2026-11-03' }
const total = new Map([
  ['2026-11-01', cost(0.3, 0.1)],
  ['2026-11-03', cost(0, 0, 2)],
])

test('linesByKind keeps days without requests, and days without a price, as gaps', () => {
  expect(linesByKind(stepsOf(days, 'org'), total)).toEqual([
    { name: 'LLM', values: [0.3, null, null] },
    { name: 'Document store', values: [0.1, null, null] },
  ])
})

test('linesByValue has what is left of the total as others', () => {
  const acme = new Map([['2026-11-01', cost(0.1)]])
  const idle = new Map<string, Sums>()
  const unpriced = new Map([['2026-11-01', cost(0, 0, 1)]])
  expect(
    linesByValue(
      stepsOf(days, 'org'),
      total,
      [
        { name: 'acme', days: acme },
        { name: 'idle', days: idle },
        { name: 'unpriced', days: unpriced },
      ],
      usd,
    ),
  ).toEqual([
    { name: 'acme', values: [0.1, null, 0] },
    { name: 'idle', values: [0, null, 0] },
    { name: 'unpriced', values: [null, null, 0] },
    { name: 'others', values: [0.3, null, null] },
  ])
})

test('linesByValue has no others where nothing is left', () => {
  const all = new Map([['2026-11-01', cost(0.3, 0.1)]])
  expect(
    linesByValue(stepsOf(days, 'org'), total, [{ name: 'acme', days: all }], usd).map(({ name }) => name),
  ).toEqual(['acme'])
})

test('stepsOf of a year are months', () => {
  const steps = stepsOf({ from: '2026-01-15', to: '2026-12-31' }, 'org')
  expect(steps.unit).toBe('month')
  expect(steps.starts.map((start) => new Date(start).toISOString().slice(0, 10)).slice(0, 2)).toEqual([
    '2026-01-01',
    '2026-02-01',
  ])
  expect(steps.days[0]?.length).toBe(17)
})

test('stepsOf by month are months, however few', () => {
  expect(stepsOf({ from: '2026-11-01', to: '2026-11-21' }, 'month')).toMatchObject({
    unit: 'month',
    starts: [Date.parse('2026-11-01')],
  })
})
