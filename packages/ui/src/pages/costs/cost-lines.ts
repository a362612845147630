/** The bars of the chart of costs: for each day or month what the largest took, and the rest. */
import type { Line } from '../../lib/series.ts'
import { daysIn, monthOf } from './cost-period.ts'
import type { DayRange } from './cost-period.ts'
import { addUsd, docstoreCost, llmCost } from './money.ts'
import type { Sums } from './money.ts'

/** Sums by day, as far as there are any. */
export type DaySums = ReadonlyMap<string, Sums>

/** Beyond it bars of days are thinner than the gaps between them. */
const DAYS_SHOWN_MAX = 93

export interface Steps {
  /** Starts, epoch milliseconds. */
  starts: number[]
  unit: 'day' | 'month'
  /** Step by step: the days in it. */
  days: string[][]
}

export function stepsOf(range: DayRange, group: string): Steps {
  const days = daysIn(range)
  if (days.length <= DAYS_SHOWN_MAX && group !== 'month') {
    return { starts: days.map((day) => Date.parse(day)), unit: 'day', days: days.map((day) => [day]) }
  }
  const months = Array.from(new Set(days.map(monthOf)))
  return {
    starts: months.map((month) => Date.parse(`${month}-01`)),
    unit: 'month',
    days: months.map((month) => days.filter((day) => monthOf(day) === month)),
  }
}

/** What was spent in each step, as far as it is known: undefined without requests, null where nothing is known. */
function spent(
  steps: Steps,
  sums: DaySums,
  usd: (sums: Sums) => number | null,
): (number | null | undefined)[] {
  return steps.days.map((days) => {
    const there = days.map((day) => sums.get(day)).filter((ofDay) => ofDay !== undefined)
    const known = there.map(usd).filter((amount) => amount !== null)
    if (there.length === 0) return undefined
    return known.length === 0 ? null : addUsd(...known)
  })
}

/** LLM and document store apart. */
export function linesByKind(steps: Steps, total: DaySums): Line[] {
  const values = (usd: (sums: Sums) => number | null) =>
    spent(steps, total, usd).map((amount) => amount ?? null)
  const docstore = values((sums) => docstoreCost(sums).usd)
  return [
    { name: 'LLM', values: values((sums) => llmCost(sums).usd) },
    ...(docstore.some((usd) => usd !== null) ? [{ name: 'Document store', values: docstore }] : []),
  ]
}

/** The values that were asked for, and as "others" what is left of the total: nothing is lost. */
export function linesByValue(
  steps: Steps,
  total: DaySums,
  parts: readonly { name: string; days: DaySums }[],
  usd: (sums: Sums) => number | null,
): Line[] {
  const whole = spent(steps, total, usd)
  const lines = parts.map(({ name, days }) => {
    const values = spent(steps, days, usd)
    // Without requests it spent nothing, if others were there; without prices nobody knows.
    return {
      name,
      values: values.map((value, index) =>
        value === undefined ? (whole[index] === undefined ? null : 0) : value,
      ),
    }
  })
  const others = whole.map((value, index) =>
    value === null || value === undefined
      ? null
      : Math.max(0, addUsd(value, ...lines.map(({ values }) => -(values[index] ?? 0)))),
  )
  return others.some((value) => value !== null && value > 0)
    ? [...lines, { name: 'others', values: others }]
    : lines
}
