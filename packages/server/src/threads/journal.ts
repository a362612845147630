/**
 * What is committed but not yet folded into rollups, totals and ledger: as rows on disk, and as their sum in memory,
 * so that folding need not read them.
 */
import type { CardinalityGuard } from '@ragmeter/core'
import { rollBack } from '../lib/sqlite.ts'
import type { Database, Statement } from '../lib/sqlite.ts'
import type { JournalEntry, RollupTables } from '../rollup/rollup.ts'
import { Pending } from './pending.ts'

/** Folding before the journal gets long keeps queries, which read it, fast. */
const ROWS_MAX = 256
const CHARACTERS_MAX = 2 * 1024 * 1024
/** A journal that cannot be folded does not grow above this: all of it is held in memory. */
const CHARACTERS_LIMIT = 64 * 1024 * 1024

export class Journal {
  readonly #database: Database
  readonly #rollups: RollupTables
  readonly #pending: Pending
  readonly #insert: Statement
  /** Ids are never used twice while the daemon runs: readers keep what they have parsed. */
  #lastId = 0
  #rows = 0
  #characters = 0
  #failed = false

  /** After a crash the journal holds what was acknowledged but not yet folded; it is taken into memory here. */
  constructor(database: Database, guard: CardinalityGuard, rollups: RollupTables) {
    this.#database = database
    this.#rollups = rollups
    this.#pending = new Pending(guard)
    this.#insert = database.prepare('INSERT INTO measurement_journal (id, body) VALUES (?, ?)')
    this.#load()
  }

  /** It is time to fold. After a failure only the clock says so: trying for each commit would cost all of them. */
  get shouldFold(): boolean {
    return !this.#failed && (this.#rows >= ROWS_MAX || this.#characters >= CHARACTERS_MAX)
  }

  /** Nothing more may be added: folding has failed for long. */
  get isFull(): boolean {
    return this.#characters >= CHARACTERS_LIMIT
  }

  /** Writes an entry; part of the transaction of its group. */
  write(text: string): void {
    this.#lastId += 1
    this.#insert.run(this.#lastId, text)
  }

  /** Takes note of an entry whose transaction is committed. */
  add(entry: JournalEntry, text: string): void {
    this.#pending.add(entry)
    this.#rows += 1
    this.#characters += text.length
  }

  /** Adds everything to the tables and empties the journal, in one transaction. @throws and keeps everything */
  fold(now: number): void {
    if (this.#rows === 0) return
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const { measurements, ledger } = this.#pending.drain()
      for (const measurement of measurements) this.#rollups.add(measurement, now)
      for (const row of ledger) this.#rollups.book(row)
      this.#database.exec('DELETE FROM measurement_journal')
      this.#database.exec('COMMIT')
      this.#rows = 0
      this.#characters = 0
      this.#failed = false
    } catch (error) {
      this.#failed = true
      rollBack(this.#database)
      this.#rollups.reset()
      this.#load()
      throw error
    }
  }

  #load(): void {
    this.#pending.drain()
    this.#rows = 0
    this.#characters = 0
    for (const row of this.#database
      .prepare('SELECT id, body FROM measurement_journal ORDER BY id')
      .iterate()) {
      this.#lastId = Number(row['id'])
      const text = String(row['body'])
      this.add(JSON.parse(text) as JournalEntry, text)
    }
  }
}
