/** Deletes what is too old or too much, a chunk at a time, and gives the space back to the disk. */
import { statSync } from 'node:fs'
import { DAY_MS, dayOf, HOUR_MS } from '@ragmeter/core'
import type { Database } from '../../lib/sqlite.ts'
import { RESOLUTIONS } from '../../rollup/resolution.ts'
import type { StorageState } from '../store.ts'

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
const LEDGER_RETENTION_MS = 730 * DAY_MS
const CLIENT_RETENTION_MS = 30 * DAY_MS
const ROLLUP_INTERVAL_MS = HOUR_MS
/** Above it the write-ahead log is emptied: a reader that is always inside a transaction lets it grow. */
const WAL_BYTES_MAX = 32 * 1024 * 1024
const FREE_PAGES_KEPT = 1000
const VACUUM_PAGES = 2000
/** Deleting for size stops below this share of the cap, so that it does not run for every batch. */
const BYTES_TARGET = 0.95
/** A clock that moves by more than this against the monotonic one has been set, not run. */
const CLOCK_JUMP_MS = 10 * 60_000
/** After a jump nothing is deleted by age for this long: a wrong clock must not empty the database. */
const CLOCK_DISTRUST_MS = HOUR_MS

export class Retention {
  readonly #database: Database
  readonly #options: RetentionOptions
  #watermark: number
  #lastRollupAt = -Infinity
  #lastRunAt: number | null = null
  #deletedTraces = 0
  readonly #tracesAtStart: number
  #clock: { wall: number; monotonic: number } | undefined
  #distrustUntil = -Infinity

  constructor(database: Database, options: RetentionOptions) {
    this.#database = database
    this.#options = options
    this.#tracesAtStart = Number(
      database.prepare('SELECT count(*) AS count FROM traces').get()?.['count'] ?? 0,
    )
    this.#watermark = Number(
      database.prepare("SELECT value FROM meta WHERE key = 'deletion_watermark'").get()?.['value'] ?? 0,
    )
  }

  /** Traces that started before this are refused: they are, or would be, deleted. */
  oldestAccepted(now: number): number {
    return Math.max(this.#watermark, now - this.#options.retentionMs)
  }

  /**
   * One chunk of work.
   * @param monotonic milliseconds of a clock that cannot be set
   * @returns whether there is more to do now
   * @throws the database's error if it cannot write
   */
  step(now: number, monotonic: number): boolean {
    this.#lastRunAt = now
    if (this.#trustsClock(now, monotonic)) {
      if (this.#deleteBefore(now - this.#options.retentionMs)) return true
      if (now - this.#lastRollupAt >= ROLLUP_INTERVAL_MS) this.#deleteOldAggregates(now)
    }
    if (this.#isOverCap() && this.#deleteOldestChunk()) return true
    return this.#releaseSpace()
  }

  state(writer: WriterState): StorageState {
    const first = this.#database.prepare('SELECT min(timestamp) AS at FROM traces').get()?.['at'] ?? null
    return {
      bytes: this.#bytes(),
      bytesMax: this.#options.bytesMax,
      traces: this.#tracesAtStart + writer.storedTraces - this.#deletedTraces,
      oldestTraceAt: first === null ? null : Number(first),
      oldestAccepted: writer.oldestAccepted,
      lastCommitAt: writer.lastCommitAt,
      writeError: writer.writeError,
      deletedTraces: this.#deletedTraces,
      lastRetentionAt: this.#lastRunAt,
    }
  }

  #trustsClock(now: number, monotonic: number): boolean {
    const before = this.#clock
    this.#clock = { wall: now, monotonic }
    if (before !== undefined) {
      const drift = now - before.wall - (monotonic - before.monotonic)
      if (Math.abs(drift) > CLOCK_JUMP_MS) this.#distrustUntil = monotonic + CLOCK_DISTRUST_MS
    }
    return monotonic >= this.#distrustUntil
  }

  #isOverCap(): boolean {
    const { bytesMax } = this.#options
    return (
      bytesMax !== null &&
      this.#usedBytes() > bytesMax * BYTES_TARGET &&
      this.#bytes() > bytesMax * BYTES_TARGET
    )
  }

  /** The oldest rows, whatever their age. */
  #deleteOldestChunk(): boolean {
    const boundary = this.#database
      .prepare('SELECT timestamp FROM traces ORDER BY timestamp LIMIT 1 OFFSET ?')
      .get(CHUNK_ROWS)
    const last = this.#database.prepare('SELECT max(timestamp) AS at FROM traces').get()?.['at'] ?? null
    const before = boundary === undefined ? last : boundary['timestamp']
    return before === null || before === undefined ? false : this.#deleteBefore(Number(before) + 1)
  }

  /** Deletes at most a chunk of the traces that started before a moment. @returns whether it deleted any */
  #deleteBefore(moment: number): boolean {
    const boundary = this.#database
      .prepare('SELECT timestamp FROM traces WHERE timestamp < ? ORDER BY timestamp LIMIT 1 OFFSET ?')
      .get(moment, CHUNK_ROWS)
    // Rows of one millisecond go together, so a chunk makes progress even if it is all one moment.
    const before = boundary === undefined ? moment : Number(boundary['timestamp']) + 1
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const { changes } = this.#database.prepare('DELETE FROM traces WHERE timestamp < ?').run(before)
      if (Number(changes) > 0) {
        for (const table of ['trace_details', 'undated_traces']) {
          this.#database.prepare(`DELETE FROM ${table} WHERE timestamp < ?`).run(before)
        }
        this.#watermark = Math.max(this.#watermark, before)
        this.#database
          .prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('deletion_watermark', ?)")
          .run(this.#watermark)
      }
      this.#database.exec('COMMIT')
      this.#deletedTraces += Number(changes)
      return Number(changes) > 0
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Rollups, ledger, feedback and clients: an hourly sweep. */
  #deleteOldAggregates(now: number): void {
    this.#lastRollupAt = now
    const series = this.#database.prepare('SELECT id FROM series').all()
    for (const { table, retentionMs } of RESOLUTIONS) {
      const remove = this.#database.prepare(`DELETE FROM ${table} WHERE series = ? AND bucket < ?`)
      for (const { id } of series) remove.run(id ?? null, now - retentionMs)
    }
    for (const table of ['ledger_requests', 'ledger_generations']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE day < ?`).run(dayOf(now - LEDGER_RETENTION_MS))
    }
    for (const table of ['feedback', 'scores']) {
      this.#database.prepare(`DELETE FROM ${table} WHERE at < ?`).run(now - this.#options.retentionMs)
    }
    this.#database.prepare('DELETE FROM clients WHERE last_seen < ?').run(now - CLIENT_RETENTION_MS)
  }

  /** Gives freed pages back a part at a time, and empties a log that has grown. @returns whether there is more */
  #releaseSpace(): boolean {
    const free = this.#pragma('freelist_count')
    if (free > FREE_PAGES_KEPT) this.#database.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
    if (fileBytes(`${this.#options.path}-wal`) > WAL_BYTES_MAX) this.#truncateLog()
    return free - VACUUM_PAGES > FREE_PAGES_KEPT
  }

  /** Emptying the log waits for readers; not for long, since requests wait for us. */
  #truncateLog(): void {
    this.#database.exec(
      'PRAGMA busy_timeout = 50; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000',
    )
  }

  /** Pages in use: what deleting can lower at once. */
  #usedBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size')
  }

  /** What the disk holds for us. */
  #bytes(): number {
    return this.#pragma('page_count') * this.#pragma('page_size') + fileBytes(`${this.#options.path}-wal`)
  }

  #pragma(name: string): number {
    return Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0)
  }
}

function fileBytes(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
