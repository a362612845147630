/** What was spent since an hour: the rest of its day by the hour, the days after it from the ledger. */
import { DAY_MS, dayOf, HOUR_MS, hourOf, NANO_PER_USD, RagmeterError } from '@ragmeter/core'
import type { LedgerRow } from '@ragmeter/core'
import type { Database } from '../../../lib/sqlite.ts'
import { spendingOf } from '../../../rollup/spending.ts'
import type { SpendingFilters, SpendingQuery, SpendingResult } from '../../store.ts'
import { readJournal } from './journal-reader.ts'
import { queryLedger } from './ledger.ts'

/** @throws RagmeterError `query_too_expensive`, `query_timeout` */
export function querySpending(
  database: Database,
  { since, until, filters, deadline }: SpendingQuery,
  clock: () => number,
): SpendingResult {
  const firstWholeDay = Math.ceil(since / DAY_MS) * DAY_MS
  const { total } = queryLedger(
    database,
    { from: dayOf(firstWholeDay), to: dayOf(until), groups: [], filters, limit: 1, deadline },
    clock,
  )
  let nanoUsd = 0
  for (let at = since; at < firstWholeDay; at += HOUR_MS) {
    if (clock() > deadline) throw new RagmeterError('query_timeout', 'Adding up an hour took too long.')
    nanoUsd += spentInHour(database, hourOf(at), filters)
  }
  const usd = total.llm_cost_usd + (total.docstore_cost_usd ?? 0)
  return { usd: usd + nanoUsd / NANO_PER_USD }
}

function spentInHour(database: Database, hour: string, filters: SpendingFilters): number {
  const stated = Object.entries(filters)
  const where = stated.map(([name]) => ` AND ${name} = ?`).join('')
  // total() and not sum(): beyond 2^53 a sum of integers is one that cannot be read.
  const row = database
    .prepare(`SELECT total(cost_nano_usd) AS cost FROM spending_1h WHERE hour = ?${where}`)
    .get(hour, ...stated.map(([, value]) => value))
  let nanoUsd = Number(row?.['cost'])
  for (const { ledger } of readJournal(database).entries) {
    for (const entry of ledger) nanoUsd += spentBy(entry, hour, filters)
  }
  return nanoUsd
}

function spentBy(row: LedgerRow, hour: string, { org, service, provider }: SpendingFilters): number {
  const spent = spendingOf(row)
  const matches =
    spent.hour === hour &&
    (org ?? row.org) === row.org &&
    (service ?? row.service) === row.service &&
    (provider ?? spent.provider) === spent.provider
  return matches ? spent.costNanoUsd : 0
}
