/**
 * One adapter over the `node:sqlite` API: built into Node >= 24; on older Node the package
 * @photostructure/sqlite offers the same API with binaries inside the package (nothing is compiled or fetched).
 */
import { createRequire } from 'node:module'
import type { DatabaseSync } from '@photostructure/sqlite'

export type SqlValue = null | number | string | Uint8Array
export type SqlRow = Record<string, SqlValue>

export interface Statement {
  run(...values: SqlValue[]): { changes: number | bigint }
  get(...values: SqlValue[]): SqlRow | undefined
  all(...values: SqlValue[]): SqlRow[]
  iterate(...values: SqlValue[]): IterableIterator<SqlRow>
}

/** Rows as lists of values: of many small rows it takes two thirds of the time. */
export interface ListStatement {
  all(...values: SqlValue[]): SqlValue[][]
}

export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}

export interface OpenOptions {
  /** @default false */
  readOnly?: boolean
  /** How long to wait for another connection's lock. @default 5000 */
  busyTimeoutMs?: number
}

const BUILT_IN_SINCE_MAJOR = 24

type Binding = { DatabaseSync: typeof DatabaseSync }

/** Required, not imported: only one of the two exists on a given Node, and neither may be loaded needlessly. */
function loadBinding(): Binding {
  const load = createRequire(import.meta.url)
  const major = Number.parseInt(process.versions.node, 10)
  return load(major >= BUILT_IN_SINCE_MAJOR ? 'node:sqlite' : '@photostructure/sqlite') as Binding
}

let binding: Binding | undefined

/** Opens a database file. @throws the binding's error if the file cannot be opened */
export function openDatabase(path: string, options: OpenOptions = {}): Database {
  binding ??= loadBinding()
  const database = new binding.DatabaseSync(path, { readOnly: options.readOnly ?? false })
  database.exec(`PRAGMA busy_timeout = ${options.busyTimeoutMs ?? 5000}`)
  // The two bindings differ only in types of rows and values; this is the one place that says they are ours.
  return database
}

/** A statement whose rows are lists, in the order of its columns. */
export function prepareLists(database: Database, sql: string): ListStatement {
  const statement = database.prepare(sql) as Statement & { setReturnArrays(enabled: boolean): void }
  statement.setReturnArrays(true)
  // The binding has one type for both forms of rows.
  return statement as unknown as ListStatement
}

/** Ends a transaction that failed, if it is still open: SQLite itself ends it when the disk is full or fails. */
export function rollBack(database: Database): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // There is no transaction left to end.
  }
}

/** Primary result code of an SQLite error (https://www.sqlite.org/rescode.html); undefined for any other error. */
export function sqliteCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}
