/** Numbered SQL files, forward only: the database's user_version is the number of the last one applied. */
import { readdirSync, readFileSync } from 'node:fs'
import { rollBack } from '../../lib/sqlite.ts'
import type { Database } from '../../lib/sqlite.ts'
import { StoreError } from '../store.ts'

const SCHEMA_DIRECTORY = new URL('./schema/', import.meta.url)

interface Migration {
  version: number
  sql: string
}

function migrations(): Migration[] {
  return readdirSync(SCHEMA_DIRECTORY)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({
      version: Number.parseInt(name, 10),
      sql: readFileSync(new URL(name, SCHEMA_DIRECTORY), 'utf8'),
    }))
}

/**
 * Brings a database to the newest schema; each step is one transaction.
 * @throws StoreError `fatal` if the database was written by a newer version
 */
export function migrate(database: Database): void {
  const known = migrations()
  const current = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  const newest = known.at(-1)?.version ?? 0
  if (current > newest) {
    throw new StoreError(
      'fatal',
      `The database has schema ${current}, this version of ragmeter knows ${newest}.`,
      'Start the newer version of ragmeter that wrote it, or another database with --db.',
    )
  }
  for (const { version, sql } of known) {
    if (version <= current) continue
    try {
      database.exec(`BEGIN IMMEDIATE;\n${sql}\n;PRAGMA user_version = ${version}; COMMIT`)
    } catch (error) {
      rollBack(database)
      throw error
    }
  }
}
