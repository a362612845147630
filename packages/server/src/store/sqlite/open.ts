/** Opens the database for writing: settings that make a commit durable, and a lock that keeps a second daemon out. */
import { closeSync, openSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '../../lib/make-folder.ts'
import { openDatabase, sqliteCode } from '../../lib/sqlite.ts'
import type { Database } from '../../lib/sqlite.ts'
import { StoreError } from '../store.ts'
import { migrate } from './migrate.ts'
import { watchFiles } from './watch-files.ts'

const SQLITE_BUSY = 5
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

export interface WritableDatabase extends Disposable {
  database: Database
  /** Of the file itself, without symbolic links: the write-ahead log and the lock lie beside it. */
  path: string
  /** Why what is written now would be lost, although writing works; null if it would not. */
  findLoss: () => string | null
}

/** @throws StoreError `in_use`, `fatal`, `retryable` */
export function openWritable(path: string): WritableDatabase {
  let lock: Database | undefined
  let database: Database | undefined
  try {
    makeFolder(dirname(path))
    makePrivateFile(path)
    // Of the file, whatever it is called: two names of it are one database.
    const file = realpathSync(path)
    refuseSecondName(file)
    lock = holdLock(file)
    database = openDatabase(file)
    // Rows come in the order of time, so a few pages are hot; the operating system caches the rest once for both
    // threads. Some builds default to NORMAL under WAL: then a commit that was acknowledged is lost with the power.
    database.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA cache_size = -4096;
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA temp_store = MEMORY;
    `)
    migrate(database)
    const [opened, held] = [database, lock]
    const findLoss = watchFiles(file)
    return {
      database: opened,
      path: file,
      findLoss,
      [Symbol.dispose]: () => {
        try {
          if (findLoss() !== null) emptyLog(opened)
          opened.close()
        } finally {
          held.close()
        }
      },
    }
  } catch (error) {
    database?.close()
    lock?.close()
    throw storeError(error, path)
  }
}

/** The lock and the write-ahead log go by the name: under another one, a second daemon would write into the same file. */
function refuseSecondName(path: string): void {
  const { nlink } = statSync(path)
  if (nlink <= 1) return
  throw new StoreError(
    'fatal',
    `The database ${path} has ${nlink} names (hard links), so another daemon could have it open under another one.`,
    `Remove the others (find them with \`find / -samefile ${path}\`), or make a copy and use that.`,
  )
}

/**
 * An exclusive transaction on a file beside the database, held while we run. The operating system drops it when
 * the process ends, however it ends, so it is never stale.
 */
function holdLock(path: string): Database {
  const file = `${path}.lock`
  makePrivateFile(file)
  const lock = openDatabase(file, { busyTimeoutMs: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (sqliteCode(error) !== SQLITE_BUSY) throw error
    throw new StoreError(
      'in_use',
      `The database ${path} is in use by another daemon.`,
      'Stop the other one (`ragmeter stop`), or give this one its own database with --db.',
      error,
    )
  }
}

/**
 * Closing leaves the log of a database that is not in its place as it is. It would be taken for that of the file which is
 * there now, and a database that was moved away would lack what is in it.
 */
function emptyLog(database: Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // It was told long ago that nothing more can be stored.
  }
}

/** Made here, and not by SQLite, so that nobody else on the machine can read it, or what SQLite makes beside it. */
function makePrivateFile(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
}

/** What an error of the database means for the one who hears of it. */
export function storeError(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error
  const reason = error instanceof Error ? error.message : String(error)
  const code = sqliteCode(error)
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new StoreError(
      'fatal',
      `${path} is not a sound database: ${reason}`,
      'Restore a backup, or start with another --db.',
      error,
    )
  }
  return new StoreError(
    'retryable',
    `Cannot write to the database ${path}: ${reason}`,
    'Check that the disk has space and that the directory and the file can be written.',
    error,
  )
}
