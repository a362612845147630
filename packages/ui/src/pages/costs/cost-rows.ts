/** Rows of the table: as the ledger groups them, or its days added up to months. */
import { monthOf } from './cost-period.ts'
import { addUsd, costPerRequest, docstoreCost, llmCost, totalCost } from './money.ts'
import type { Sums } from './money.ts'

export interface CostRow {
  /** Value of the group; '' is "not stated". */
  value: string
  sums: Sums
}

/** Months in the order of time. */
export function monthsOf(days: readonly CostRow[]): CostRow[] {
  const months = new Map<string, Sums>()
  for (const { value, sums } of days) {
    const month = monthOf(value)
    const before = months.get(month)
    months.set(month, before === undefined ? sums : addSums(before, sums))
  }
  return Array.from(months, ([value, sums]) => ({ value, sums })).sort((left, right) =>
    left.value < right.value ? -1 : 1,
  )
}

/** Both are of the same question, so a sum is known in both or in neither. */
function addSums(left: Sums, right: Sums): Sums {
  const add = (name: 'requests' | 'errors' | 'calls' | 'input_tokens' | 'output_tokens') => {
    const [a, b] = [left[name], right[name]]
    return a === null || b === null ? null : a + b
  }
  const docstore = [left.docstore_cost_usd, right.docstore_cost_usd]
  return {
    requests: add('requests'),
    errors: add('errors'),
    calls: add('calls'),
    input_tokens: add('input_tokens'),
    output_tokens: add('output_tokens'),
    docstore_cost_usd: docstore.includes(null) ? null : addUsd(...docstore.map(Number)),
    llm_cost_usd: addUsd(left.llm_cost_usd, right.llm_cost_usd),
    unpriced: left.unpriced + right.unpriced,
  }
}

export const COLUMNS = [
  'total',
  'llm',
  'docstore',
  'unpriced',
  'requests',
  'per_request',
  'errors',
  'calls',
  'input_tokens',
  'output_tokens',
] as const
export type Column = (typeof COLUMNS)[number]

/** The number of a cell; null is not known. */
export function numberOf(column: Column, sums: Sums): number | null {
  switch (column) {
    case 'total':
      return totalCost(sums).usd
    case 'llm':
      return llmCost(sums).usd
    case 'docstore':
      return docstoreCost(sums).usd
    case 'per_request':
      return costPerRequest(sums).usd
    case 'requests':
    case 'errors':
    case 'calls':
    case 'input_tokens':
    case 'output_tokens':
    case 'unpriced':
      return sums[column]
    default:
      return column satisfies never
  }
}

/** What is not known comes last, whatever the direction. */
export function sortRows(
  rows: readonly CostRow[],
  column: Column | 'value',
  isDescending: boolean,
): CostRow[] {
  const sign = isDescending ? -1 : 1
  return rows.toSorted((left, right) => {
    if (column === 'value') return sign * (left.value < right.value ? -1 : left.value > right.value ? 1 : 0)
    const [a, b] = [numberOf(column, left.sums), numberOf(column, right.sums)]
    if (a === null || b === null) return Number(a === null) - Number(b === null)
    return sign * (a - b)
  })
}
