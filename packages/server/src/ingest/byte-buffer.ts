/** Collects the bytes of one body in one piece of memory that belongs to nobody else. */

/** Room that is given at once, as soon as there is a second piece, if the body is said to be so large. */
const STATED_BYTES_MAX = 1024 * 1024
const NOTHING = new Uint8Array(0)

export class ByteBuffer {
  #bytes: Uint8Array = NOTHING
  #length = 0
  readonly #expected: number

  /** @param expectedBytes final size if it is known; only a hint, since who states it may not send it */
  constructor(expectedBytes = 0) {
    this.#expected = expectedBytes
  }

  get length(): number {
    return this.#length
  }

  /** @param chunk is given away if it is the whole of its memory: most bodies come in one piece, and are not copied */
  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length
    if (this.#length === 0 && isWhole(chunk)) this.#bytes = chunk
    else {
      if (needed > this.#bytes.length) this.#grow(needed)
      this.#bytes.set(chunk, this.#length)
    }
    this.#length = needed
  }

  /** The bytes as the whole of their own ArrayBuffer, so that it can be moved to another thread. */
  take(): Uint8Array {
    if (this.#length > 0 && this.#length === this.#bytes.length) return this.#bytes
    const bytes = allocate(this.#length)
    bytes.set(this.#bytes.subarray(0, this.#length))
    return bytes
  }

  /** Memory that is not written to is not taken from the system, so that what is stated and not sent costs little. */
  #grow(needed: number): void {
    const doubled = Math.max(needed, this.#bytes.length * 2, Math.min(this.#expected, STATED_BYTES_MAX))
    const grown = allocate(this.#expected >= needed ? Math.min(doubled, this.#expected) : doubled)
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

function isWhole({ buffer, byteLength }: Uint8Array): boolean {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
}

/** Not from Buffer's pool, whose memory is shared and cannot be moved. */
function allocate(length: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(length)
  return new Uint8Array(buffer.buffer, buffer.byteOffset, length)
}
