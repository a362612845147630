/** The key of the pseudonyms: with it equal texts of all replicas have one pseudonym that only this database can make. */
import { randomBytes } from 'node:crypto'
import type { Database } from '../../lib/sqlite.ts'

const KEY_BYTES = 32

/** @returns undefined if no daemon has written to the database yet */
export function readPseudonymKey(database: Database): Uint8Array | undefined {
  const key = database.prepare("SELECT value FROM meta WHERE key = 'query_hash_key'").get()?.['value']
  return key instanceof Uint8Array ? key : undefined
}

/** Made at the first start. */
export function ensurePseudonymKey(database: Database): Uint8Array {
  const known = readPseudonymKey(database)
  if (known !== undefined) return known
  const key = randomBytes(KEY_BYTES)
  database.prepare("INSERT INTO meta (key, value) VALUES ('query_hash_key', ?)").run(key)
  return key
}
