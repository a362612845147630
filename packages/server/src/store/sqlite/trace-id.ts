/** Request ids in the database: a UUID is stored as its 16 bytes, any other id as text. */
import type { SqlValue } from '../../lib/sqlite.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function storedId(id: string): string | Uint8Array {
  if (id.length !== 36 || !UUID.test(id)) return id
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

export function idOf(stored: SqlValue | undefined): string {
  if (!(stored instanceof Uint8Array)) return String(stored)
  const hex = Buffer.from(stored).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
