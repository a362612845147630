/** Collects the bytes of one body in one piece of memory that belongs to nobody else. */

const INITIAL_BYTES = 16 * 1024

export class ByteBuffer {
  #bytes: Uint8Array
  #length = 0
  readonly #expected: number

  /** @param expectedBytes final size if it is known; only a hint, since who states it may not send it */
  constructor(expectedBytes = 0) {
    this.#expected = expectedBytes
    this.#bytes = allocate(expectedBytes > 0 ? Math.min(expectedBytes, INITIAL_BYTES) : INITIAL_BYTES)
  }

  get length(): number {
    return this.#length
  }

  append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length
    if (needed > this.#bytes.length) this.#grow(needed)
    this.#bytes.set(chunk, this.#length)
    this.#length = needed
  }

  /** The bytes as the whole of their own ArrayBuffer, so that it can be moved to another thread. */
  take(): Uint8Array {
    if (this.#length === this.#bytes.length) return this.#bytes
    const bytes = allocate(this.#length)
    bytes.set(this.#bytes.subarray(0, this.#length))
    return bytes
  }

  #grow(needed: number): void {
    const doubled = Math.max(needed, this.#bytes.length * 2)
    const grown = allocate(this.#expected >= needed ? Math.min(doubled, this.#expected) : doubled)
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}

/** Not from Buffer's pool, whose memory is shared and cannot be moved. */
function allocate(length: number): Uint8Array {
  const buffer = Buffer.allocUnsafeSlow(length)
  return new Uint8Array(buffer.buffer, buffer.byteOffset, length)
}
