/** Random numbers that follow from a seed: the same history for everybody who names the same one. */

export interface Random {
  /** 0 <= x < 1 */
  next(): number
  between(low: number, high: number): number
  /** Both ends included. */
  integer(low: number, high: number): number
  chance(probability: number): boolean
  /** Durations and tokens: half of the values are below the median, some far above. */
  logNormal(median: number, sigma: number): number
  /** How many events fall into a span in which `mean` are expected. */
  poisson(mean: number): number
  pick<Item>(items: readonly Item[]): Item
  /** One of the items, each as often as its weight. */
  weighted<Item extends { readonly weight: number }>(items: readonly Item[]): Item
  fillBytes(bytes: Uint8Array): Uint8Array
}

/** Above this mean a Poisson distribution is a normal one, and the exact way takes too long. */
const POISSON_EXACT_MAX = 60
const WARM_UP = 12

/** @param seeds integers; each list of them gives a sequence of its own */
export function createRandom(...seeds: readonly number[]): Random {
  const next = sfc32(seeds)
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  const random: Random = {
    next,
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    logNormal: (median, sigma) => median * Math.exp(sigma * normal()),
    poisson(mean) {
      if (mean > POISSON_EXACT_MAX) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))
      const limit = Math.exp(-mean)
      let count = 0
      for (let product = next(); product > limit; product *= next()) count += 1
      return count
    },
    pick: (items) => itemAt(items, Math.floor(next() * items.length)),
    weighted(items) {
      let rest = next() * items.reduce((sum, { weight }) => sum + weight, 0)
      const found = items.findIndex(({ weight }) => (rest -= weight) < 0)
      return itemAt(items, found < 0 ? items.length - 1 : found)
    },
    fillBytes(bytes) {
      for (let i = 0; i < bytes.length; i += 1) bytes[i] = Math.floor(next() * 256)
      return bytes
    },
  }
  return random
}

function itemAt<Item>(items: readonly Item[], position: number): Item {
  const item = items[position]
  if (item === undefined) throw new RangeError('There is nothing to choose from.')
  return item
}

/** Chris Doty-Humphrey's small fast counter: 128 bits of state, passes PractRand. */
function sfc32(seeds: readonly number[]): () => number {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = 0xb7e15162
  let counter = 1
  const step = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return (sum >>> 0) / 2 ** 32
  }
  for (const seed of seeds) {
    a ^= seed | 0
    b ^= Math.floor(seed / 2 ** 32) | 0
    for (let i = 0; i < WARM_UP; i += 1) step()
  }
  return step
}
