/** Identifiers: UUIDv7 for requests (time inside, so that a look-up needs no index), W3C ids for traces. */

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const HEX_DIGITS = '0123456789abcdef'

/** Fills an array with random bytes; `crypto.getRandomValues` bound by the caller. */
export type RandomSource = (bytes: Uint8Array) => void

export interface IdGenerator {
  /** A UUIDv7 for a request that starts at this moment (epoch milliseconds). */
  requestId(timestamp: number): string
  /**
   * A W3C trace id: 32 hex digits.
   * @param randomness 0 <= x < 1, what its last 56 bits shall stand for; they are what W3C and OpenTelemetry take
   * as random and sample by
   */
  traceId(randomness?: number): string
  /** A W3C span id: 16 hex digits. */
  spanId(): string
}

const POOL_BYTES = 4096

/** Draws random bytes in blocks: one call of the system's generator serves some 400 ids. */
export function createIdGenerator(random: RandomSource): IdGenerator {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  let lastTime = Number.NaN
  let timeText = ''

  /** Makes sure that so many bytes can be taken, and takes them. @returns position of the first */
  function take(bytes: number): number {
    if (used + bytes > POOL_BYTES) {
      random(pool)
      used = 0
    }
    const first = used
    used += bytes
    return first
  }

  function hex(bytes: number): string {
    const first = take(bytes)
    let text = ''
    for (let i = first; i < first + bytes; i += 1) text += HEX[pool[i] as number] as string
    return text
  }

  /** `xxxxxxxx-xxxx-7`: requests that start in the same millisecond share it. */
  function timePart(timestamp: number): string {
    const time = Math.floor(timestamp)
    if (time !== lastTime) {
      lastTime = time
      const digits = time.toString(16).padStart(12, '0')
      timeText = `${digits.slice(0, 8)}-${digits.slice(8)}-7`
    }
    return timeText
  }

  return {
    requestId(timestamp) {
      const at = take(10)
      // RFC 9562: version 7 in the high bits of the third group, variant 10 in those of the fourth.
      const version = HEX_DIGITS[(pool[at] as number) & 0xf] as string
      const variant = HEX[((pool[at + 1] as number) & 0x3f) | 0x80] as string
      let text = `${timePart(timestamp)}${version}${HEX[pool[at + 2] as number]}-${variant}${HEX[pool[at + 3] as number]}-`
      for (let i = at + 4; i < at + 10; i += 1) text += HEX[pool[i] as number] as string
      return text
    },
    traceId(randomness) {
      if (randomness === undefined) return hex(16)
      let text = hex(9)
      let rest = randomness
      for (let i = 0; i < 7; i += 1) {
        rest *= 256
        const byte = Math.floor(rest)
        text += HEX[byte & 0xff] as string
        rest -= byte
      }
      return text
    },
    spanId: () => hex(8),
  }
}

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** The moment inside a UUIDv7 (epoch milliseconds); undefined for any other id. */
export function timestampOfId(id: string): number | undefined {
  const match = UUID_V7.exec(id)
  return match === null ? undefined : Number.parseInt(`${match[1]}${match[2]}`, 16)
}
