/**
 * What is committed but not yet folded, as queries read it. Entries never change and queries come often: each
 * connection parses an entry once.
 */
import type { Measurement } from '@ragmeter/core'
import type { Database } from '../../../lib/sqlite.ts'
import type { JournalEntry } from '../../../rollup/rollup.ts'

/** Parsed entries that are kept; a journal beyond it, which folding has failed for, is parsed by each query. */
const KEPT_CHARACTERS_MAX = 4 * 1024 * 1024

const readers = new WeakMap<Database, JournalReader>()

/** The journal as the open read transaction of a connection sees it. */
export function readJournal(database: Database): JournalReader {
  let reader = readers.get(database)
  if (reader === undefined) readers.set(database, (reader = new JournalReader(database)))
  reader.refresh()
  return reader
}

export class JournalReader {
  readonly #database: Database
  #entries: JournalEntry[] = []
  readonly #sums = new Map<string, Measurement[]>()
  #characters = 0
  #firstId = 0
  #lastId = 0

  constructor(database: Database) {
    this.#database = database
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries
  }

  /** Counters and histograms of a metric. */
  sums(metric: string): readonly Measurement[] {
    return this.#sums.get(metric) ?? []
  }

  refresh(): void {
    const first = Number(
      this.#database.prepare('SELECT min(id) AS first FROM measurement_journal').get()?.['first'] ?? 0,
    )
    // Folding empties the journal, and ids are never used again.
    if (first !== this.#firstId || this.#characters > KEPT_CHARACTERS_MAX) this.#clear()
    this.#firstId = first
    const rows = this.#database.prepare('SELECT id, body FROM measurement_journal WHERE id > ? ORDER BY id')
    for (const row of rows.all(this.#lastId)) {
      const text = String(row['body'])
      this.#lastId = Number(row['id'])
      this.#characters += text.length
      this.#add(JSON.parse(text) as JournalEntry)
    }
  }

  #add(entry: JournalEntry): void {
    this.#entries.push(entry)
    for (const measurement of entry.measurements) {
      const sums = this.#sums.get(measurement.metric)
      if (sums === undefined) this.#sums.set(measurement.metric, [measurement])
      else sums.push(measurement)
    }
  }

  #clear(): void {
    this.#entries = []
    this.#sums.clear()
    this.#characters = 0
    this.#lastId = 0
  }
}
