/**
 * One-way pseudonyms of short texts: SHA-256 over key and text, cut to 128 bits, as hex. Cutting half of the digest
 * away rules out the length extension that HMAC's second pass is there for, so one pass is enough; it runs for every
 * trace that is stored.
 */
import { hash } from 'node:crypto'

const HEX_DIGITS = 32

/** @param key secret bytes; 32 are plenty */
export function createKeyedHash(key: Uint8Array): (text: string) => string {
  const prefix = `${Buffer.from(key).toString('hex')}:`
  return (text) => hash('sha256', prefix + text).slice(0, HEX_DIGITS)
}
