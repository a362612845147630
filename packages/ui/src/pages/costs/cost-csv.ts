/** The table as CSV: what it shows, in full. */
import { csvOf } from '../../lib/csv.ts'
import type { CsvCell } from '../../lib/csv.ts'
import { COLUMNS, numberOf, sortRows } from './cost-rows.ts'
import type { Column } from './cost-rows.ts'
import type { DayRange } from './cost-period.ts'
import { isTimeGroup } from './cost-state.ts'
import { rowsOf } from './ledger-queries.ts'
import type { LedgerAnswer } from './ledger-queries.ts'
import type { Sums } from './money.ts'

const HEADINGS: Readonly<Record<Column, string>> = {
  total: 'total_cost_usd',
  llm: 'llm_cost_usd',
  docstore: 'docstore_cost_usd',
  requests: 'requests',
  per_request: 'cost_per_request_usd',
  errors: 'errors',
  calls: 'llm_calls',
  input_tokens: 'input_tokens',
  output_tokens: 'output_tokens',
  unpriced: 'unpriced_llm_calls',
}

/** Days and months in their order, all else as the ledger has it: the most expensive first. */
export function costCsv(answer: LedgerAnswer, group: string): string {
  const rows = rowsOf(answer, group)
  const ordered = isTimeGroup(group) ? sortRows(rows, 'value', false) : rows
  return csvOf(
    [group, ...COLUMNS.map((column) => HEADINGS[column])],
    [
      ...ordered.map(({ value, sums }) => line(value, sums)),
      ...(answer.others === null ? [] : [line('(others)', answer.others)]),
      line('(total)', answer.total),
    ],
  )
}

function line(name: string, sums: Sums): CsvCell[] {
  return [name, ...COLUMNS.map((column) => numberOf(column, sums))]
}

export function csvName(group: string, { from, to }: DayRange): string {
  return `ragmeter-costs-by-${group.replaceAll(/[^\w-]+/g, '-')}-${from}-to-${to}.csv`
}
