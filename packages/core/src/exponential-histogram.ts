/**
 * A base-2 exponential histogram of scale 5, sparse at both ends: the buckets of OpenTelemetry's
 * ExponentialHistogram and of Prometheus' native histograms. Bucket i covers (base^i, base^(i+1)] with
 * base = 2^(1/32), so a value taken from the middle of its bucket is off by at most 1.09 %.
 * Merging adds counts, so it is exact, associative and commutative.
 */

export const HISTOGRAM_SCALE = 5
const BUCKETS_PER_OCTAVE = 2 ** HISTOGRAM_SCALE

/** Largest relative error of a quantile: (base - 1) / (base + 1). */
export const HISTOGRAM_RELATIVE_ERROR = 0.010831

/** Values below 2^-30 of the unit (about a nanosecond) count as zero; values above 2^30 fall into the last bucket. */
const EXPONENT_MIN = -30
const EXPONENT_MAX = 30
export const BUCKET_INDEX_MIN = EXPONENT_MIN * BUCKETS_PER_OCTAVE
export const BUCKET_INDEX_MAX = EXPONENT_MAX * BUCKETS_PER_OCTAVE - 1
const SMALLEST = 2 ** EXPONENT_MIN

/** 2^(j/32), correctly rounded, written out because Math.pow may differ in the last bit between engines. */
const BOUNDS = Float64Array.of(
  1.0,
  1.0218971486541166,
  1.0442737824274138,
  1.0671404006768237,
  1.0905077326652577,
  1.1143867425958924,
  1.1387886347566916,
  1.1637248587775775,
  1.189207115002721,
  1.215247359980469,
  1.241857812073484,
  1.2690509571917332,
  1.2968395546510096,
  1.3252366431597413,
  1.3542555469368927,
  1.383909881963832,
  1.4142135623730951,
  1.4451808069770467,
  1.4768261459394993,
  1.5091644275934228,
  1.5422108254079407,
  1.5759808451078865,
  1.6104903319492543,
  1.645755478153965,
  1.681792830507429,
  1.718619298122478,
  1.7562521603732995,
  1.7947090750031072,
  1.8340080864093424,
  1.8741676341103,
  1.9152065613971474,
  1.9571441241754002,
  2.0,
)

// A double seen as two 32-bit words: reading the exponent from the bits takes half the time of a logarithm and
// is exact at the boundaries, where a logarithm is not.
const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

/** For the top 8 bits of a mantissa: the first bound that can be at or above a value starting with them. */
const FIRST_BOUND = Uint8Array.from({ length: 256 }, (_, top) => {
  const start = 1 + top / 256
  let bound = 0
  while ((BOUNDS[bound] as number) < start) bound += 1
  return bound
})

/** Index of the bucket of a positive value; upper bounds are inclusive. */
export function bucketIndex(value: number): number {
  float[0] = value
  const high = words[HIGH] as number
  const exponent = (high >>> 20) - 1023
  if (exponent >= EXPONENT_MAX) return BUCKET_INDEX_MAX
  words[HIGH] = (high & 0xfffff) | 0x3ff00000
  const mantissa = float[0]
  let bound = FIRST_BOUND[(high >>> 12) & 0xff] as number
  while (mantissa > (BOUNDS[bound] as number)) bound += 1
  const index = exponent * BUCKETS_PER_OCTAVE + bound - 1
  return index < BUCKET_INDEX_MIN ? BUCKET_INDEX_MIN : index
}

/** Upper bound of a bucket. */
export function bucketUpperBound(index: number): number {
  const position = index + 1
  const exponent = Math.floor(position / BUCKETS_PER_OCTAVE)
  return (BOUNDS[position - exponent * BUCKETS_PER_OCTAVE] as number) * 2 ** exponent
}

/** The value that stands for a bucket: the one with the least relative error to both of its bounds. */
export function bucketValue(index: number): number {
  const lower = bucketUpperBound(index - 1)
  const upper = bucketUpperBound(index)
  return (2 * lower * upper) / (lower + upper)
}

/** Counts of the buckets `offset`, `offset + 1`, ...; the form on the wire and in storage. */
export interface BucketCounts {
  offset: number
  counts: readonly number[]
}

export class ExponentialHistogram {
  /** Values that are zero, or too small to be told from it. */
  zeroCount = 0
  #offset = 0
  #counts: number[] = []

  /** Counts a value. @param value finite and >= 0; the caller checks. */
  add(value: number, weight = 1): void {
    if (value < SMALLEST) {
      this.zeroCount += weight
      return
    }
    const index = bucketIndex(value)
    const position = index - this.#offset
    if (position >= 0 && position < this.#counts.length) {
      this.#counts[position] = (this.#counts[position] as number) + weight
      return
    }
    this.#cover(index, index)
    this.#counts[index - this.#offset] = weight
  }

  /** Adds counts of buckets; indexes out of range go to the nearest end. */
  addBuckets(offset: number, counts: readonly number[]): void {
    if (counts.length === 0) return
    this.#cover(clampIndex(offset), clampIndex(offset + counts.length - 1))
    for (let i = 0; i < counts.length; i += 1) {
      const position = clampIndex(offset + i) - this.#offset
      this.#counts[position] = (this.#counts[position] as number) + (counts[i] as number)
    }
  }

  merge(other: ExponentialHistogram): void {
    this.zeroCount += other.zeroCount
    this.addBuckets(other.#offset, other.#counts)
  }

  /** Forgets all counts but keeps the memory, for the next interval. */
  clear(): void {
    this.zeroCount = 0
    this.#counts.fill(0)
  }

  /** The occupied range of buckets; empty counts if nothing but zeros was counted. */
  buckets(): BucketCounts {
    let first = 0
    let last = this.#counts.length - 1
    while (first <= last && this.#counts[first] === 0) first += 1
    while (last >= first && this.#counts[last] === 0) last -= 1
    return { offset: first > last ? 0 : this.#offset + first, counts: this.#counts.slice(first, last + 1) }
  }

  /**
   * The nearest-rank quantile, within HISTOGRAM_RELATIVE_ERROR of the exact one.
   * @param q 0..1
   * @returns undefined if nothing was counted: no data is not zero.
   */
  quantile(q: number): number | undefined {
    let total = this.zeroCount
    for (const count of this.#counts) total += count
    if (total === 0) return undefined
    const rank = Math.max(1, Math.ceil(q * total))
    let seen = this.zeroCount
    if (seen >= rank) return 0
    for (let position = 0; position < this.#counts.length; position += 1) {
      seen += this.#counts[position] as number
      if (seen >= rank) return bucketValue(this.#offset + position)
    }
    return undefined
  }

  /** Makes room for the buckets first..last; grows by a quarter more, so that a widening range costs few copies. */
  #cover(first: number, last: number): void {
    const length = this.#counts.length
    if (length === 0) {
      this.#offset = first
      this.#counts = zeros(last - first + 1)
      return
    }
    const from = Math.min(first, this.#offset)
    const to = Math.max(last, this.#offset + length - 1)
    if (from === this.#offset && to === this.#offset + length - 1) return
    const slack = Math.ceil((to - from) / 4)
    const offset = from < this.#offset ? Math.max(BUCKET_INDEX_MIN, from - slack) : from
    const end = to > this.#offset + length - 1 ? Math.min(BUCKET_INDEX_MAX, to + slack) : to
    this.#counts = [
      ...zeros(this.#offset - offset),
      ...this.#counts,
      ...zeros(end - this.#offset - length + 1),
    ]
    this.#offset = offset
  }
}

function zeros(length: number): number[] {
  return new Array<number>(length).fill(0)
}

function clampIndex(index: number): number {
  return index < BUCKET_INDEX_MIN ? BUCKET_INDEX_MIN : index > BUCKET_INDEX_MAX ? BUCKET_INDEX_MAX : index
}
