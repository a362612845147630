/** One of the two tables of the ledger: sums by key, with a limit on the keys of a day. */
import { LIMITS, OVERFLOW_VALUE } from '@ragmeter/core'
import type { Database, Statement } from '../lib/sqlite.ts'

/** Days whose number of keys is remembered. */
const DAYS_REMEMBERED_MAX = 1000

export interface LedgerTableOptions {
  table: 'ledger_requests' | 'ledger_generations'
  /** Columns of the key. */
  keys: readonly string[]
  /** Columns that are added up. */
  sums: readonly string[]
  /** @default LIMITS.ledgerKeysPerDayMax */
  keysPerDayMax?: number
}

export class LedgerTable {
  readonly #keys: readonly string[]
  readonly #keysPerDayMax: number
  readonly #update: Statement
  readonly #insert: Statement
  readonly #countDay: Statement
  readonly #keysOfDay = new Map<string, number>()

  constructor(database: Database, { table, keys, sums, keysPerDayMax }: LedgerTableOptions) {
    this.#keys = keys
    this.#keysPerDayMax = keysPerDayMax ?? LIMITS.ledgerKeysPerDayMax
    // Sums stop at the largest integer that every reader can hold, as they do in core.
    const added = sums.map((sum) => `${sum} = min(${sum} + ?, ${Number.MAX_SAFE_INTEGER})`)
    const key = keys.map((name) => `${name} = ?`)
    const columns = [...sums, ...keys]
    this.#update = database.prepare(`UPDATE ${table} SET ${added.join(', ')} WHERE ${key.join(' AND ')}`)
    this.#insert = database.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    this.#countDay = database.prepare(`SELECT count(*) AS count FROM ${table} WHERE day = ?`)
  }

  /**
   * Adds sums to the row of a key. A new key for which its day has no room is folded.
   * @returns whether the sums are in the row of the key itself
   */
  add(key: readonly string[], sums: readonly number[]): boolean {
    if (this.#addTo(key, sums)) return true
    const day = key[this.#keys.indexOf('day')] ?? ''
    const count = this.#countKeys(day)
    const hasRoom = count < this.#keysPerDayMax
    const row = hasRoom ? key : this.#fold(key, count < 2 * this.#keysPerDayMax)
    if (!hasRoom && this.#addTo(row, sums)) return false
    this.#insert.run(...sums, ...row)
    this.#keysOfDay.set(day, count + 1)
    return hasRoom
  }

  /** Forgets how many keys there are: a transaction that added some was rolled back. */
  reset(): void {
    this.#keysOfDay.clear()
  }

  #addTo(key: readonly string[], sums: readonly number[]): boolean {
    return Number(this.#update.run(...sums, ...key).changes) > 0
  }

  #countKeys(day: string): number {
    const known = this.#keysOfDay.get(day)
    if (known !== undefined) return known
    if (this.#keysOfDay.size >= DAYS_REMEMBERED_MAX) this.#keysOfDay.clear()
    return Number(this.#countDay.get(day)?.['count'] ?? 0)
  }

  /** The day stays, and the service as long as there is room for services. */
  #fold(key: readonly string[], keepsService: boolean): string[] {
    return key.map((value, position) => {
      const name = this.#keys[position]
      if (name === 'day' || (name === 'service' && keepsService)) return value
      return name === 'dimensions' ? foldedDimensions(value) : OVERFLOW_VALUE
    })
  }
}

function foldedDimensions(text: string): string {
  const names = Object.keys(JSON.parse(text) as Record<string, string>)
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, OVERFLOW_VALUE])))
}
