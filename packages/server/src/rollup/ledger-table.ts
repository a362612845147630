/** A table of the ledger: sums by key, with a limit on the keys of a day, or of an hour. */
import { LIMITS, OVERFLOW_VALUE } from '@ragmeter/core'
import type { Database, Statement } from '../lib/sqlite.ts'

/** Days or hours whose number of keys is remembered. */
const PERIODS_REMEMBERED_MAX = 1000

export interface LedgerTableOptions {
  table: 'ledger_requests' | 'ledger_generations' | 'spending_1h'
  /** Columns of the key; the day or the hour comes first. */
  keys: readonly [period: 'day' | 'hour', ...others: string[]]
  /** Columns that are added up. */
  sums: readonly string[]
  /** Of one day or hour. @default LIMITS.ledgerKeysPerDayMax */
  keysMax?: number
}

export class LedgerTable {
  readonly #keys: readonly string[]
  readonly #keysMax: number
  readonly #update: Statement
  readonly #insert: Statement
  readonly #count: Statement
  readonly #keysOfPeriod = new Map<string, number>()

  constructor(database: Database, { table, keys, sums, keysMax }: LedgerTableOptions) {
    this.#keys = keys
    this.#keysMax = keysMax ?? LIMITS.ledgerKeysPerDayMax
    // Sums stop at the largest integer that every reader can hold, as they do in core.
    const added = sums.map((sum) => `${sum} = min(${sum} + ?, ${Number.MAX_SAFE_INTEGER})`)
    const key = keys.map((name) => `${name} = ?`)
    const columns = [...sums, ...keys]
    this.#update = database.prepare(`UPDATE ${table} SET ${added.join(', ')} WHERE ${key.join(' AND ')}`)
    this.#insert = database.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    this.#count = database.prepare(`SELECT count(*) AS count FROM ${table} WHERE ${keys[0]} = ?`)
  }

  /**
   * Adds sums to the row of a key. A new key for which its day or hour has no room is folded.
   * @returns whether the sums are in the row of the key itself
   */
  add(key: readonly string[], sums: readonly number[]): boolean {
    if (this.#addTo(key, sums)) return true
    const [period = ''] = key
    const count = this.#countKeys(period)
    const hasRoom = count < this.#keysMax
    const row = hasRoom ? key : this.#fold(key, count < 2 * this.#keysMax)
    if (!hasRoom && this.#addTo(row, sums)) return false
    this.#insert.run(...sums, ...row)
    this.#keysOfPeriod.set(period, count + 1)
    return hasRoom
  }

  /** Forgets how many keys there are: a transaction that added some was rolled back. */
  reset(): void {
    this.#keysOfPeriod.clear()
  }

  #addTo(key: readonly string[], sums: readonly number[]): boolean {
    return Number(this.#update.run(...sums, ...key).changes) > 0
  }

  #countKeys(period: string): number {
    const known = this.#keysOfPeriod.get(period)
    if (known !== undefined) return known
    if (this.#keysOfPeriod.size >= PERIODS_REMEMBERED_MAX) this.#keysOfPeriod.clear()
    return Number(this.#count.get(period)?.['count'] ?? 0)
  }

  /** The day or the hour stays, and the service as long as there is room for services. */
  #fold(key: readonly string[], keepsService: boolean): string[] {
    return key.map((value, position) => {
      const name = this.#keys[position]
      if (position === 0 || (name === 'service' && keepsService)) return value
      return name === 'dimensions' ? foldedDimensions(value) : OVERFLOW_VALUE
    })
  }
}

function foldedDimensions(text: string): string {
  const names = Object.keys(JSON.parse(text) as Record<string, string>)
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, OVERFLOW_VALUE])))
}
