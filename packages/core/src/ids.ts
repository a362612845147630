/** Identifiers: UUIDv7 for requests (time inside, so that a look-up needs no index), W3C ids for traces. */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Fills an array with random bytes; `crypto.getRandomValues` bound by the caller. */
export type RandomSource = (bytes: Uint8Array) => void

export interface IdGenerator {
  /** A UUIDv7 for a request that starts at this moment (epoch milliseconds). */
  requestId(timestamp: number): string
  /** A W3C trace id: 32 hex digits. */
  traceId(): string
  /** A W3C span id: 16 hex digits. */
  spanId(): string
}

const POOL_BYTES = 4096

/** Draws random bytes in blocks: one call of the system's generator serves some 400 ids. */
export function createIdGenerator(random: RandomSource): IdGenerator {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES

  function hex(bytes: number): string {
    if (used + bytes > POOL_BYTES) {
      random(pool)
      used = 0
    }
    let text = ''
    for (const end = used + bytes; used < end; used += 1) text += HEX[pool[used] as number] as string
    return text
  }

  return {
    requestId(timestamp) {
      const time = Math.floor(timestamp).toString(16).padStart(12, '0')
      const tail = hex(10)
      // RFC 9562: version 7 in the high bits of the third group, variant 10 in those of the fourth.
      const variant = ((Number.parseInt(tail.charAt(3), 16) & 0x3) | 0x8).toString(16)
      return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-${variant}${tail.slice(4, 7)}-${tail.slice(7, 19)}`
    },
    traceId: () => hex(16),
    spanId: () => hex(8),
  }
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The moment inside a UUIDv7 (epoch milliseconds); undefined for any other id. */
export function timestampOfId(id: string): number | undefined {
  const match = UUID_V7.exec(id)
  return match === null ? undefined : Number.parseInt(`${match[1]}${match[2]}`, 16)
}
