/** Histograms as bytes: base-128 varints, about a tenth of their JSON. The layout is in docs/formats/sqlite.md. */
import type { HistogramMeasurement } from '@ragmeter/core'

export type HistogramValue = Pick<
  HistogramMeasurement,
  'count' | 'sum' | 'classic' | 'zero' | 'offset' | 'exponential'
>

const FORMAT = 1
/** Of a number up to 2^53. */
const VARINT_BYTES_MAX = 8

class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  /** @param value integer >= 0; what is above 2^53 - 1 is written as that */
  varint(value: number): void {
    if (this.#length + VARINT_BYTES_MAX > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    let rest = saturated(value)
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  list(values: readonly number[]): void {
    this.varint(values.length)
    for (const value of values) this.varint(value)
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }
}

class ByteReader {
  readonly #bytes: Uint8Array
  #position = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  varint(): number {
    const first = this.#bytes[this.#position]
    // Most counts are small: a query reads some hundred thousands of them.
    if (first !== undefined && first < 0x80) {
      this.#position += 1
      return first
    }
    let value = 0
    let scale = 1
    for (let length = 0; length < VARINT_BYTES_MAX; length += 1) {
      const byte = this.#bytes[this.#position++]
      if (byte === undefined) throw new Error('a packed histogram ends in the middle of a number')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
    throw new Error('a packed histogram has a number of too many bytes')
  }

  list(): number[] {
    const length = this.varint()
    if (length > this.#bytes.length - this.#position) {
      throw new Error('a packed histogram states more counts than it has bytes')
    }
    const values = new Array<number>(length)
    for (let i = 0; i < length; i += 1) values[i] = this.varint()
    return values
  }

  end(): void {
    if (this.#position < this.#bytes.length) throw new Error('a packed histogram goes on after its end')
  }
}

export function packHistogram(value: HistogramValue): Uint8Array {
  const writer = new ByteWriter()
  writer.varint(FORMAT)
  writer.varint(value.count)
  writer.varint(value.sum)
  writer.varint(value.zero)
  writer.list(value.classic)
  // Zigzag: offsets are negative for values below one unit.
  writer.varint(value.offset < 0 ? -value.offset * 2 - 1 : value.offset * 2)
  writer.list(value.exponential)
  return writer.take()
}

/** @throws Error if the bytes are no packed histogram */
export function unpackHistogram(bytes: Uint8Array): HistogramValue {
  const reader = new ByteReader(bytes)
  const format = reader.varint()
  if (format !== FORMAT) throw new Error(`a packed histogram has the unknown format ${format}`)
  const count = reader.varint()
  const sum = reader.varint()
  const zero = reader.varint()
  const classic = reader.list()
  const zigzag = reader.varint()
  const offset = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  const exponential = reader.list()
  reader.end()
  return { count, sum, zero, classic, offset, exponential }
}

/** Adds two histograms; exact, so the order does not matter. */
export function addHistograms(left: HistogramValue, right: HistogramValue): HistogramValue {
  return {
    count: saturated(left.count + right.count),
    sum: saturated(left.sum + right.sum),
    zero: saturated(left.zero + right.zero),
    classic: addLists(left.classic, 0, right.classic, 0),
    ...addBuckets(left, right),
  }
}

/** Sums stop at the largest integer that is exact, as they do in core. */
export function saturated(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER)
}

function addBuckets(
  left: HistogramValue,
  right: HistogramValue,
): Pick<HistogramValue, 'offset' | 'exponential'> {
  if (left.exponential.length === 0) return { offset: right.offset, exponential: right.exponential }
  if (right.exponential.length === 0) return { offset: left.offset, exponential: left.exponential }
  return {
    offset: Math.min(left.offset, right.offset),
    exponential: addLists(left.exponential, left.offset, right.exponential, right.offset),
  }
}

/** Adds two lists whose first items stand at these positions. */
function addLists(
  left: readonly number[],
  leftOffset: number,
  right: readonly number[],
  rightOffset: number,
): number[] {
  const offset = Math.min(leftOffset, rightOffset)
  const end = Math.max(leftOffset + left.length, rightOffset + right.length)
  const sums = new Array<number>(end - offset).fill(0)
  left.forEach((count, position) => (sums[leftOffset - offset + position] = count))
  right.forEach((count, position) => {
    const at = rightOffset - offset + position
    sums[at] = saturated((sums[at] ?? 0) + count)
  })
  return sums
}
