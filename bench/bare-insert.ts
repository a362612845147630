/** The physical limit of storing: a loop that binds prepared values to one INSERT, 1,000 rows per commit on disk. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SqlValue } from '../packages/server/src/lib/sqlite.ts'
import { openWritable } from '../packages/server/src/store/sqlite/open.ts'
import { createHarness } from '../packages/server/test/writer-harness.ts'
import { flatBatch } from './flat-batch.ts'

const ROWS_PER_COMMIT = 1000
const COMMITS = 60

let rows: SqlValue[][] | undefined
let columns: string[] = []

/** Rows exactly as the daemon stores them, read back from a database that it wrote. */
function preparedRows(): SqlValue[][] {
  using harness = createHarness()
  for (let commit = 0; commit < COMMITS; commit += 1) {
    harness.writer.commit([
      { kind: 'batch', bytes: Buffer.from(flatBatch(ROWS_PER_COMMIT, commit)), receivedAt: Date.now() },
    ])
  }
  const stored = harness.database.prepare('SELECT * FROM traces ORDER BY timestamp, id').all()
  columns = Object.keys(stored[0] ?? {})
  return stored.map((row) => Object.values(row))
}

/** @returns rows per second */
export function bareInsertRate(): number {
  rows ??= preparedRows()
  const directory = mkdtempSync(join(tmpdir(), 'ragmeter-bench-'))
  const { database, [Symbol.dispose]: close } = openWritable(join(directory, 'bare.db'))
  const insert = database.prepare(
    `INSERT OR IGNORE INTO traces (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  )
  const startedAt = performance.now()
  for (let first = 0; first < rows.length; first += ROWS_PER_COMMIT) {
    database.exec('BEGIN IMMEDIATE')
    for (const values of rows.slice(first, first + ROWS_PER_COMMIT)) insert.run(...values)
    database.exec('COMMIT')
  }
  const rate = rows.length / ((performance.now() - startedAt) / 1000)
  close()
  rmSync(directory, { recursive: true })
  return rate
}
