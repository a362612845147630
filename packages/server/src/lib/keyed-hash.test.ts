import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createKeyedHash } from './keyed-hash.ts'

const KEY = Buffer.alloc(32, 7)

describe('createKeyedHash', () => {
  it('is SHA-256 over key and text, cut to 128 bits, for any text', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (key, text) => {
          const digest = createHash('sha256')
            .update(`${Buffer.from(key).toString('hex')}:${text}`)
            .digest('hex')
          expect(createKeyedHash(key)(text)).toBe(digest.slice(0, 32))
        },
      ),
    )
  })

  it('gives equal texts equal hashes, and any other text or key another one', () => {
    const first = createKeyedHash(KEY)
    const texts = [
      '',
      'a',
      'b',
      'what is our refund policy?',
      'what is our refund policy? ',
      'x'.repeat(5000),
    ]
    const hashes = texts.map((text) => first(text))
    expect(texts.map((text) => createKeyedHash(KEY)(text))).toEqual(hashes)
    const others = texts.map((text) => createKeyedHash(Buffer.alloc(32, 8))(text))
    expect(new Set([...hashes, ...others]).size).toBe(2 * texts.length)
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{32}$/)
  })

  it('does not take a part of the key for text', () => {
    expect(createKeyedHash(Buffer.of(1))('02:x')).not.toBe(createKeyedHash(Buffer.of(1, 2))('x'))
  })
})
