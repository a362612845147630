/** Queries and users leave the process as hashes. Without a key a short text can be guessed from its hash. */
import * as crypto from 'node:crypto'

/** 128 bits of the hash, as hex. */
const HASH_LENGTH = 32

export type Hasher = (text: string) => string

/** @param key HMAC-SHA-256 with it; SHA-256 without */
export function createHasher(key: string | undefined): Hasher {
  if (key !== undefined) {
    return (text) => crypto.createHmac('sha256', key).update(text).digest('hex').slice(0, HASH_LENGTH)
  }
  // One call into OpenSSL instead of three: a third of the time. Node has it since 20.12.
  if (typeof crypto.hash === 'function') return (text) => crypto.hash('sha256', text).slice(0, HASH_LENGTH)
  return (text) => crypto.createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH)
}
