/** Deletes what is too old or too much, a chunk at a time, and gives the space back to the disk. */
import { statSync } from 'node:fs'
import { DAY_MS, dayOf, HOUR_MS } from '@ragmeter/core'
import { rollBack } from '../../lib/sqlite.ts'
import type { Database } from '../../lib/sqlite.ts'
import { RESOLUTIONS } from '../../rollup/resolution.ts'
import { SPENDING_RETENTION_MS } from '../../rollup/spending.ts'
import type { StorageState } from '../store.ts'
import { deleteOldClients } from './clients.ts'
import { ClockTrust } from './clock-trust.ts'

export interface RetentionOptions {
  path: string
  retentionMs: number
  bytesMax: number | null
}

/** What only the writer knows. */
export interface WriterState extends Pick<StorageState, 'lastCommitAt' | 'writeError' | 'oldestAccepted'> {
  /** Traces inserted since the start. */
  storedTraces: number
}

/** Rows of one deletion: about ten milliseconds. */
const CHUNK_ROWS = 5000
/** Series whose rollups one chunk looks at. */
const CHUNK_SERIES = 500
const LEDGER_RETENTION_MS = 730 * DAY_MS
const SWEEP_INTERVAL_MS = HOUR_MS
/** Above it the write-ahead log is emptied: a reader that is always inside a transaction lets it grow. */
const LOG_BYTES_MAX = 32 * 1024 * 1024
/** What came after the request: deleted by its arrival. */
const LATE_EVENTS = ['feedback', 'scores'] as const
/** A large trace: rather too many are deleted than the cap is not kept. */
const TRACE_BYTES = 2048
/** Free pages that are kept for the next rows, at most; under a cap no more than deleting for it leaves free. */
const FREE_PAGES_KEPT_MAX = 1000
const VACUUM_PAGES = 1000
/** Deleting for size stops below this share of the cap, so that it does not run for every batch. */
const BYTES_TARGET = 0.95
/** Emptying the log waits for readers; not for long, since requests wait for us. */
const LOG_WAIT_MS = 50

export class Retention {
  readonly #database: Database
  readonly #options: RetentionOptions
  readonly #clock = new ClockTrust()
  readonly #tracesAtStart: number
  #watermark: number
  /** What age alone says; stands still while the clock is not trusted. */
  #oldestByAge = 0
  #deletedTraces = 0
  #capError: string | null = null
  #lastRunAt: number | null = null
  #sweep: Generator | undefined
  #lastSweepAt = -Infinity
  #isVacuuming = false
  #isFirstStep = true

  constructor(database: Database, options: RetentionOptions) {
    this.#database = database
    this.#options = options
    this.#tracesAtStart = this.#number('SELECT count(*) FROM traces') ?? 0
    this.#watermark = this.#number("SELECT value FROM meta WHERE key = 'deletion_watermark'") ?? 0
  }

  /** Traces that started before this are refused: they are, or would be, deleted. As of the last step. */
  get oldestAccepted(): number {
    return Math.max(this.#watermark, this.#oldestByAge)
  }

  /**
   * One chunk of work.
   * @param now epoch milliseconds
   * @param monotonic milliseconds of a clock that cannot be set
   * @returns whether there is more to do now
   * @throws the database's error if it cannot write
   */
  step(now: number, monotonic: number): boolean {
    const trustsClock = this.#trustsClock(now, monotonic)
    if (trustsClock) {
      this.#oldestByAge = now - this.#options.retentionMs
      if (this.#deleteBefore(this.#oldestByAge)) return true
      if (this.#sweepChunk(now, monotonic)) return true
    }
    if (this.#deleteForSize(now, trustsClock)) return true
    if (this.#releaseSpace()) return true
    this.#lastRunAt = now
    return false
  }

  state(writer: WriterState): StorageState {
    return {
      bytes: this.#bytes(),
      bytesMax: this.#options.bytesMax,
      traces: this.#tracesAtStart + writer.storedTraces - this.#deletedTraces,
      oldestTraceAt: this.#number('SELECT min(timestamp) FROM traces'),
      oldestAccepted: writer.oldestAccepted,
      lastCommitAt: writer.lastCommitAt,
      writeError: writer.writeError,
      capError: this.#capError,
      deletedTraces: this.#deletedTraces,
      lastRetentionAt: this.#lastRunAt,
    }
  }

  /** At the start, a clock by which every trace is too old may be wrong: it is not trusted at once. */
  #trustsClock(now: number, monotonic: number): boolean {
    if (this.#isFirstStep) {
      this.#isFirstStep = false
      const newest = this.#number('SELECT max(timestamp) FROM traces')
      if (newest !== null && newest < now - this.#options.retentionMs) this.#clock.distrust(monotonic)
    }
    return this.#clock.observe(now, monotonic)
  }

  #isOverCap(): boolean {
    const { bytesMax } = this.#options
    if (bytesMax === null) return false
    // Both: pages that are free already, or a log that is long, are no reason to delete.
    return this.#usedBytes() > bytesMax * BYTES_TARGET && this.#bytes() > bytesMax * BYTES_TARGET
  }

  /** Above the cap: the oldest rows, whatever their age. @returns whether it deleted any */
  #deleteForSize(now: number, trustsClock: boolean): boolean {
    this.#capError = null
    if (!this.#isOverCap()) return false
    // Never beyond now: what is deleted is refused from then on.
    const newest = trustsClock ? now : Math.min(now, this.#number('SELECT max(timestamp) FROM traces') ?? now)
    if (this.#deleteOldestChunk(newest - HOUR_MS)) return true
    if (this.#tracesOutweighExcess() && this.#deleteOldestChunk(newest)) return true
    const bytes = this.#bytes()
    // Deleting begins below the cap: what is between the two is no error.
    if (bytes > (this.#options.bytesMax ?? Infinity)) {
      this.#capError =
        `The database has ${bytes} bytes; its cap is ${this.#options.bytesMax}. What is left are sums, accounts ` +
        'of clients and the newest traces, too few to matter: raise --max-bytes, or send fewer label values.'
    }
    return false
  }

  /** Whether deleting the traces that are left would be enough: if not, they are kept, since it would be for nothing. */
  #tracesOutweighExcess(): boolean {
    const excess = this.#usedBytes() - (this.#options.bytesMax ?? 0) * BYTES_TARGET
    const needed = Math.ceil(excess / TRACE_BYTES)
    return this.#number('SELECT 1 FROM traces LIMIT 1 OFFSET ?', needed) !== null
  }

  /** Traces and late events, in the order of their age. @returns whether it deleted any */
  #deleteOldestChunk(limit: number): boolean {
    const ends = [
      'timestamp FROM traces ORDER BY timestamp',
      ...LATE_EVENTS.map((table) => `at FROM ${table} ORDER BY at`),
    ]
      .map((rows) => this.#number(`SELECT ${rows} LIMIT 1 OFFSET ?`, CHUNK_ROWS))
      .filter((end) => end !== null)
    const before = Math.min(limit, ...ends.map((end) => end + 1))
    let deleted = 0
    this.#transaction(() => {
      for (const table of LATE_EVENTS) deleted += this.#run(`DELETE FROM ${table} WHERE at < ?`, before)
    })
    return this.#deleteBefore(before) || deleted > 0
  }

  /** Deletes at most a chunk of the traces that started before a moment. @returns whether it deleted any */
  #deleteBefore(moment: number): boolean {
    const boundary = this.#number(
      'SELECT timestamp FROM traces WHERE timestamp < ? ORDER BY timestamp LIMIT 1 OFFSET ?',
      moment,
      CHUNK_ROWS,
    )
    // Rows of one millisecond go together, so a chunk makes progress even if it is all one moment.
    const before = boundary === null ? moment : boundary + 1
    let deleted = 0
    this.#transaction(() => {
      deleted = this.#run('DELETE FROM traces WHERE timestamp < ?', before)
      if (deleted === 0) return
      this.#run('DELETE FROM trace_details WHERE timestamp < ?', before)
      this.#run('DELETE FROM undated_traces WHERE timestamp < ?', before)
      const watermark = Math.max(this.#watermark, before)
      this.#run("INSERT OR REPLACE INTO meta (key, value) VALUES ('deletion_watermark', ?)", watermark)
    })
    if (deleted === 0) return false
    this.#watermark = Math.max(this.#watermark, before)
    this.#deletedTraces += deleted
    return true
  }

  /** Once an hour: everything but traces. @returns whether there is more */
  #sweepChunk(now: number, monotonic: number): boolean {
    if (this.#sweep === undefined) {
      if (monotonic - this.#lastSweepAt < SWEEP_INTERVAL_MS) return false
      this.#lastSweepAt = monotonic
      this.#sweep = this.#sweepAggregates(now)
    }
    if (this.#sweep.next().done !== true) return true
    this.#sweep = undefined
    return false
  }

  /** Rollups, ledger, feedback and clients; each turn is one transaction. */
  *#sweepAggregates(now: number): Generator<undefined, void> {
    const series = this.#database.prepare('SELECT id FROM series').all()
    const removals = RESOLUTIONS.map(({ table, retentionMs }) => ({
      before: now - retentionMs,
      statement: this.#database.prepare(`DELETE FROM ${table} WHERE series = ? AND bucket < ?`),
    }))
    for (let next = 0; next < series.length;) {
      this.#transaction(() => {
        const end = next + CHUNK_SERIES
        for (let deleted = 0; next < Math.min(end, series.length) && deleted < CHUNK_ROWS; next += 1) {
          const id = series[next]?.['id'] ?? null
          for (const { before, statement } of removals) deleted += Number(statement.run(id, before).changes)
        }
      })
      yield
    }
    this.#transaction(() => {
      for (const table of ['ledger_requests', 'ledger_generations']) {
        this.#run(`DELETE FROM ${table} WHERE day < ?`, dayOf(now - LEDGER_RETENTION_MS))
      }
      this.#run('DELETE FROM spending_1h WHERE hour < ?', dayOf(now - SPENDING_RETENTION_MS))
      for (const table of LATE_EVENTS) {
        this.#run(`DELETE FROM ${table} WHERE at < ?`, now - this.#options.retentionMs)
      }
      deleteOldClients(this.#database, now)
    })
  }

  /** Gives freed pages back a part at a time, then empties the log, which shortens the file. @returns whether there is more */
  #releaseSpace(): boolean {
    const free = this.#pragma('freelist_count')
    const isOver = this.#bytes() > (this.#options.bytesMax ?? Infinity)
    if (free > (isOver ? 0 : this.#freePagesKept())) {
      this.#database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
      this.#isVacuuming = this.#pragma('freelist_count') < free
      if (this.#isVacuuming) return true
    }
    const logBytesMax = isOver ? 0 : LOG_BYTES_MAX
    if (this.#isVacuuming || fileBytes(logPath(this.#options.path)) > logBytesMax) this.#emptyLog()
    this.#isVacuuming = false
    return false
  }

  #freePagesKept(): number {
    const { bytesMax } = this.#options
    if (bytesMax === null) return FREE_PAGES_KEPT_MAX
    const spare = Math.floor((bytesMax * (1 - BYTES_TARGET)) / this.#pragma('page_size'))
    return Math.min(FREE_PAGES_KEPT_MAX, spare)
  }

  #emptyLog(): void {
    const wait = this.#pragma('busy_timeout')
    this.#database.exec(`PRAGMA busy_timeout = ${LOG_WAIT_MS}`)
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${wait}`)
    }
  }

  /** Pages in use: what deleting can lower at once. */
  #usedBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size')
  }

  /** What the disk holds for us. */
  #bytes(): number {
    return fileBytes(this.#options.path) + fileBytes(logPath(this.#options.path))
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      work()
      this.#database.exec('COMMIT')
    } catch (error) {
      rollBack(this.#database)
      throw error
    }
  }

  #run(sql: string, ...values: (number | string)[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes)
  }

  #pragma(name: 'page_count' | 'page_size' | 'freelist_count' | 'busy_timeout'): number {
    return this.#number(`PRAGMA ${name}`) ?? 0
  }

  /** The first value of the first row. */
  #number(sql: string, ...values: number[]): number | null {
    const row = this.#database.prepare(sql).get(...values)
    const value = row === undefined ? null : Object.values(row)[0]
    return value === null || value === undefined ? null : Number(value)
  }
}

function logPath(path: string): string {
  return `${path}-wal`
}

function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
