/** Sums of the ledger by the asked-for keys; the journal included, so that a request is there once it is acknowledged. */
import { GENERATION_SUMS, LIMITS, NANO_PER_USD, RagmeterError, REQUEST_SUMS } from '@ragmeter/core'
import type { GenerationSums, LedgerRow, RequestSums } from '@ragmeter/core'
import type { Database, SqlRow, SqlValue } from '../../../lib/sqlite.ts'
import type { LedgerGroup, LedgerQuery, LedgerResult, LedgerSums } from '../../store.ts'
import { readJournal } from './journal-reader.ts'

const SHARED: readonly string[] = ['org', 'service', 'day']
const OF_REQUESTS: readonly string[] = ['environment', 'operation', 'endpoint']
const OF_GENERATIONS: readonly string[] = ['provider', 'model']
const DIMENSION = 'dimension.'
/** Groups before the largest are chosen: all that a day can have, in both tables, with what is folded by service. */
const GROUPS_MAX = 2 * (LIMITS.ledgerKeysPerDayMax + LIMITS.servicesMax)
/** Rows one query may add up: some seconds. */
const ROWS_MAX = 2_000_000
const REMEDY = 'Ask for fewer days, or for one org.'

interface Account {
  key: Record<string, string>
  requests: RequestSums
  generations: GenerationSums
}

/** @throws RagmeterError `query_too_expensive`, `query_timeout`, `invalid_request` */
export function queryLedger(database: Database, query: LedgerQuery, clock: () => number): LedgerResult {
  const names = [...query.groups, ...(Object.keys(query.filters) as LedgerGroup[])]
  const byGeneration = names.some((name) => OF_GENERATIONS.includes(name))
  const byRequest = names.some((name) => OF_REQUESTS.includes(name) || name.startsWith(DIMENSION))
  for (const name of names) checkName(name)
  if (byGeneration && byRequest) {
    throw new RagmeterError('invalid_request', `The ledger cannot combine ${names.join(', ')}.`, {
      hint: 'Group and filter by provider and model, or by environment, operation, endpoint and dimensions, not by both.',
    })
  }
  const accounts = new Map<string, Account>()
  let first = firstDay(database)
  const charge = createBudget(query.deadline, clock)
  if (!byGeneration) addRows(accounts, database, query, 'ledger_requests', REQUEST_SUMS, charge)
  if (!byRequest) addRows(accounts, database, query, 'ledger_generations', GENERATION_SUMS, charge)
  for (const { ledger } of readJournal(database).entries) {
    for (const row of ledger) {
      if (first === null || row.day < first) first = row.day
      if (row.kind === 'requests' ? byGeneration : byRequest) continue
      if (row.day >= query.from && row.day <= query.to && matchesRow(row, query)) addRow(accounts, query, row)
    }
  }
  const answer = (list: readonly Account[]) => sumsOf(list, byGeneration, byRequest)
  const ordered = Array.from(accounts.values())
    .map((account) => ({ account, sums: answer([account]) }))
    .sort(
      (left, right) =>
        costOf(right.sums) - costOf(left.sums) ||
        (right.sums.requests ?? right.sums.calls ?? 0) - (left.sums.requests ?? left.sums.calls ?? 0),
    )
  const others = ordered.slice(query.limit).map(({ account }) => account)
  return {
    first_day: first,
    rows: ordered.slice(0, query.limit).map(({ account, sums }) => ({ key: account.key, ...sums })),
    others: others.length === 0 ? null : answer(others),
    total: answer(Array.from(accounts.values())),
  }
}

/** Of what is folded. Every request has a row there, so calls of models are no earlier. */
function firstDay(database: Database): string | null {
  const day = database.prepare('SELECT min(day) AS day FROM ledger_requests').get()?.['day']
  return typeof day === 'string' ? day : null
}

/** @returns a function to be told of rows that were added up @throws RagmeterError from it, if that is too much */
function createBudget(deadline: number, clock: () => number): (rows: number) => void {
  let sum = 0
  return (rows) => {
    sum += rows
    if (sum > ROWS_MAX) {
      const message = `The ledger has more than ${ROWS_MAX} rows in this range.`
      throw new RagmeterError('query_too_expensive', message, { hint: REMEDY })
    }
    if (clock() > deadline) {
      throw new RagmeterError('query_timeout', 'Adding up the ledger took too long.', { hint: REMEDY })
    }
  }
}

/** Names become part of the SQL. */
function checkName(name: string): void {
  const isKnown = [...SHARED, ...OF_REQUESTS, ...OF_GENERATIONS].includes(name) || name.startsWith(DIMENSION)
  if (isKnown) return
  throw new RagmeterError('invalid_request', `The ledger has no ${JSON.stringify(name)}.`)
}

function addRows(
  accounts: Map<string, Account>,
  database: Database,
  query: LedgerQuery,
  table: 'ledger_requests' | 'ledger_generations',
  sums: readonly string[],
  charge: (rows: number) => void,
): void {
  const values: SqlValue[] = []
  const column = (name: LedgerGroup): string => {
    if (!name.startsWith(DIMENSION)) return name
    values.push(`$.${JSON.stringify(name.slice(DIMENSION.length))}`)
    return "coalesce(json_extract(dimensions, ?), '')"
  }
  const groups = query.groups.map((name, position) => `${column(name)} AS key${position}`)
  const dayPosition = values.push(query.from) - 1
  const where = Object.entries(query.filters).map(([name, value]) => {
    const sql = `${column(name as LedgerGroup)} = ?`
    values.push(value ?? '')
    return ` AND ${sql}`
  })
  // total() and not sum(): beyond 2^53 a sum of integers is one that cannot be read.
  const columns = [...groups, 'count(*) AS booked', ...sums.map((sum) => `total(${sum}) AS ${sum}`)]
  const groupBy =
    groups.length === 0 ? '' : ` GROUP BY ${groups.map((_, position) => `key${position}`).join(', ')}`
  const select = database.prepare(
    `SELECT ${columns.join(', ')} FROM ${table} WHERE day = ?${where.join('')}${groupBy}`,
  )
  const nextDay = database.prepare(`SELECT min(day) AS day FROM ${table} WHERE day >= ? AND day <= ?`)
  // One day after the other: a query can be given up only between two statements.
  for (let from = query.from; ;) {
    const day = nextDay.get(from, query.to)?.['day']
    if (typeof day !== 'string') return
    values[dayPosition] = day
    let booked = 0
    for (const row of select.iterate(...values)) {
      booked += Number(row['booked'])
      addSums(accounts, query, table, sums, row)
    }
    charge(booked)
    // After this day, and before the next one.
    from = `${day}~`
  }
}

function addSums(
  accounts: Map<string, Account>,
  query: LedgerQuery,
  table: 'ledger_requests' | 'ledger_generations',
  sums: readonly string[],
  row: SqlRow,
): void {
  // Without groups SQL answers with one row even if there is nothing to sum.
  if (row['booked'] === 0) return
  const account = accountOf(
    accounts,
    query.groups.map((_, position) => String(row[`key${position}`])),
    query,
  )
  const target = (table === 'ledger_requests' ? account.requests : account.generations) as unknown as Record<
    string,
    number
  >
  for (const sum of sums) target[sum] = (target[sum] as number) + Number(row[sum])
}

function addRow(accounts: Map<string, Account>, query: LedgerQuery, row: LedgerRow): void {
  const account = accountOf(
    accounts,
    query.groups.map((name) => fieldOf(row, name)),
    query,
  )
  if (row.kind === 'requests') for (const sum of REQUEST_SUMS) account.requests[sum] += row[sum]
  else for (const sum of GENERATION_SUMS) account.generations[sum] += row[sum]
}

function accountOf(accounts: Map<string, Account>, values: readonly string[], query: LedgerQuery): Account {
  const id = JSON.stringify(values)
  let account = accounts.get(id)
  if (account === undefined) {
    if (accounts.size >= GROUPS_MAX) {
      const message = `The ledger has more than ${GROUPS_MAX} groups in this range.`
      throw new RagmeterError('query_too_expensive', message, { hint: REMEDY })
    }
    account = {
      key: Object.fromEntries(query.groups.map((name, position) => [name, values[position] ?? ''])),
      requests: zeros(REQUEST_SUMS) as unknown as RequestSums,
      generations: zeros(GENERATION_SUMS) as unknown as GenerationSums,
    }
    accounts.set(id, account)
  }
  return account
}

function zeros(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, 0]))
}

function fieldOf(row: LedgerRow, name: string): string {
  if (name.startsWith(DIMENSION))
    return row.kind === 'requests' ? (row.dimensions[name.slice(DIMENSION.length)] ?? '') : ''
  return (row as unknown as Record<string, string>)[name] ?? ''
}

function matchesRow(row: LedgerRow, query: LedgerQuery): boolean {
  return Object.entries(query.filters).every(([name, value]) => fieldOf(row, name) === value)
}

function sumsOf(accounts: readonly Account[], byGeneration: boolean, byRequest: boolean): LedgerSums {
  const request = (name: keyof RequestSums) =>
    accounts.reduce((sum, account) => sum + account.requests[name], 0)
  const generation = (name: keyof GenerationSums) =>
    accounts.reduce((sum, account) => sum + account.generations[name], 0)
  const ofRequests = (value: number) => (byGeneration ? null : value)
  const ofGenerations = (name: keyof GenerationSums) => (byRequest ? null : generation(name))
  return {
    requests: ofRequests(request('requests')),
    errors: ofRequests(request('errors')),
    total_ms: ofRequests(request('total_us') / 1000),
    retrieval_ms: ofRequests(request('retrieval_us') / 1000),
    retrievals: ofRequests(request('retrievals')),
    llm_ms: ofRequests(request('llm_us') / 1000),
    documents: ofRequests(request('documents')),
    docstore_cost_usd: ofRequests(request('docstore_cost_nano_usd') / NANO_PER_USD),
    calls: ofGenerations('calls'),
    input_tokens: ofGenerations('input_tokens'),
    output_tokens: ofGenerations('output_tokens'),
    cache_read_tokens: ofGenerations('cache_read_tokens'),
    cache_write_tokens: ofGenerations('cache_write_tokens'),
    reasoning_tokens: ofGenerations('reasoning_tokens'),
    llm_cost_usd: (byRequest ? request('llm_cost_nano_usd') : generation('cost_nano_usd')) / NANO_PER_USD,
    unpriced: byRequest ? request('unpriced') : generation('unpriced'),
    uncounted: ofGenerations('uncounted'),
  }
}

function costOf(sums: LedgerSums): number {
  return sums.llm_cost_usd + (sums.docstore_cost_usd ?? 0)
}
