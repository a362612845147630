/** Histograms as bytes: base-128 varints, about a tenth of their JSON. The layout is in docs/formats/sqlite.md. */
import type { HistogramMeasurement } from '@ragmeter/core'

export type HistogramValue = Pick<
  HistogramMeasurement,
  'count' | 'sum' | 'classic' | 'zero' | 'offset' | 'exponential'
>

const FORMAT = 1

class ByteWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  /** @param value integer >= 0, up to 2^53 */
  varint(value: number): void {
    if (this.#length + 9 > this.#bytes.length) {
      const grown = new Uint8Array(this.#bytes.length * 2)
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    let rest = value
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
  let position = 0
  const varint = (): number => {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = bytes[position++]
      if (byte === undefined) throw new Error('a packed histogram ends in the middle of a number')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 0x80
    }
  }
  const list = (): number[] => {
    const length = varint()
    if (length > bytes.length) throw new Error('a packed histogram states more counts than it has bytes')
    const values: number[] = []
    for (let i = 0; i < length; i += 1) values.push(varint())
    return values
  }
  const format = varint()
  if (format !== FORMAT) throw new Error(`a packed histogram has the unknown format ${format}`)
  const count = varint()
  const sum = varint()
  const zero = varint()
  const classic = list()
  const zigzag = varint()
  const offset = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2
  return { count, sum, zero, classic, offset, exponential: list() }
}

/** Adds two histograms; exact, so the order does not matter. */
export function addHistograms(left: HistogramValue, right: HistogramValue): HistogramValue {
  if (left.exponential.length === 0)
    return { ...sums(left, right), offset: right.offset, exponential: right.exponential }
  if (right.exponential.length === 0)
    return { ...sums(left, right), offset: left.offset, exponential: left.exponential }
  const offset = Math.min(left.offset, right.offset)
  const end = Math.max(left.offset + left.exponential.length, right.offset + right.exponential.length)
  const exponential = new Array<number>(end - offset).fill(0)
  for (const { offset: from, exponential: counts } of [left, right]) {
    for (let i = 0; i < counts.length; i += 1) {
      exponential[from - offset + i] = (exponential[from - offset + i] as number) + (counts[i] as number)
    }
  }
  return { ...sums(left, right), offset, exponential }
}

function sums(
  left: HistogramValue,
  right: HistogramValue,
): Pick<HistogramValue, 'count' | 'sum' | 'zero' | 'classic'> {
  const [longer, shorter] = left.classic.length >= right.classic.length ? [left, right] : [right, left]
  return {
    count: left.count + right.count,
    sum: left.sum + right.sum,
    zero: left.zero + right.zero,
    classic: longer.classic.map((count, position) => count + (shorter.classic[position] ?? 0)),
  }
}
