/** HMAC-SHA-256 of short texts, cut to 128 bits, as hex: twice as fast as `createHmac` for texts of a line. */
import { hash } from 'node:crypto'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const TEXT_BYTES_MAX = 1024

/** @param key up to 64 bytes (RFC 2104 hashes longer ones first; ours are 32) */
export function createKeyedHash(key: Uint8Array): (text: string) => string {
  if (key.length > BLOCK_BYTES)
    throw new RangeError(`the key has ${key.length} bytes, at most ${BLOCK_BYTES} are allowed`)
  const inner = Buffer.alloc(BLOCK_BYTES + TEXT_BYTES_MAX, 0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c)
  key.forEach((byte, position) => {
    inner[position] = byte ^ 0x36
    outer[position] = byte ^ 0x5c
  })
  return (text) => {
    const bytes = inner.write(text, BLOCK_BYTES, 'utf8')
    hash('sha256', inner.subarray(0, BLOCK_BYTES + bytes), 'buffer').copy(outer, BLOCK_BYTES)
    return hash('sha256', outer).slice(0, 32)
  }
}
