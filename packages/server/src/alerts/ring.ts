/**
 * What was added in each of the last minutes, and in each of the last hours, for one label set. Rows have a fixed width: one
 * number for a counter, all classic buckets for a quantile. Older rows make room for newer ones.
 */

const MINUTES_PER_HOUR = 60
/** Clocks of clients may be ahead by so much; what they send must not push out what is still needed. */
const AHEAD_MINUTES = 12
const AHEAD_HOURS = 2
/** Minutes of a window from which on whole hours are added up, instead of each of their minutes. */
export const SPAN_BY_HOURS = 180
/** Minutes that are kept one by one; beyond them only hours are, and a part of an hour is its share. */
const MINUTES_MAX = 26 * MINUTES_PER_HOUR

/** A ring of rows, addressed by the number of their minute or hour since the epoch. */
class Rows {
  readonly #width: number
  readonly #length: number
  readonly #values: Float64Array
  #newest = -Infinity

  constructor(width: number, length: number) {
    this.#width = width
    this.#length = length
    this.#values = new Float64Array(width * length)
  }

  /** The first number that is held. */
  get oldest(): number {
    return this.#newest - this.#length + 1
  }

  /** @param at where its values begin in the list */
  add(number: number, values: readonly number[], at = 0): void {
    if (number > this.#newest) this.#advance(number)
    if (number < this.oldest) return
    const start = (number % this.#length) * this.#width
    for (let i = 0; i < this.#width; i += 1) {
      this.#values[start + i] = (this.#values[start + i] ?? 0) + (values[at + i] ?? 0)
    }
  }

  /** Adds the rows of [from, to), times `share`, to `sums`. */
  sum(from: number, to: number, sums: Float64Array, share = 1): void {
    const first = Math.max(from, this.oldest, 0)
    const end = Math.min(to, this.#newest + 1)
    if (first >= end) return
    const start = first % this.#length
    // The end of the ring, and what goes on at its beginning.
    const rows = Math.min(end - first, this.#length - start)
    this.#sumRows(start, start + rows, sums, share)
    this.#sumRows(0, end - first - rows, sums, share)
  }

  /** The rows that are not all zero, one after the other: of each its number, then its values. */
  entries(): number[] {
    const rows: number[] = []
    for (let number = Math.max(this.oldest, 0); number <= this.#newest; number += 1) {
      const start = (number % this.#length) * this.#width
      const end = start + this.#width
      // Most rows of a short past are zero: nothing is made for them.
      if (this.#isZero(start, end)) continue
      rows.push(number)
      for (let i = start; i < end; i += 1) rows.push(this.#values[i] ?? 0)
    }
    return rows
  }

  /** Adds such rows. */
  addEntries(rows: readonly number[]): void {
    for (let at = 0; at < rows.length; at += this.#width + 1) this.add(rows[at] ?? 0, rows, at + 1)
  }

  #isZero(start: number, end: number): boolean {
    for (let i = start; i < end; i += 1) if (this.#values[i] !== 0) return false
    return true
  }

  #sumRows(start: number, end: number, sums: Float64Array, share: number): void {
    const width = this.#width
    const values = this.#values
    for (let column = 0; column < width; column += 1) {
      let sum = 0
      for (let i = start * width + column; i < end * width; i += width) sum += values[i] ?? 0
      sums[column] = (sums[column] ?? 0) + share * sum
    }
  }

  #advance(number: number): void {
    const from = Math.max(this.#newest + 1, number - this.#length + 1)
    this.#newest = number
    if (number - from + 1 >= this.#length) {
      this.#values.fill(0)
      return
    }
    for (let skipped = from; skipped <= number; skipped += 1) {
      const start = (skipped % this.#length) * this.#width
      this.#values.fill(0, start, start + this.#width)
    }
  }
}

/** Rows that are not all zero, in one list: a list for each would be tens of thousands. */
export interface RingSnapshot {
  /** Of each row the number of its minute, then its values. */
  minutes: number[]
  /** The same of hours. */
  hours: number[]
}

export class Ring {
  readonly #minutes: Rows
  readonly #hours: Rows | undefined
  readonly #width: number

  /** @param spanMinutes how far back a window may reach, whole minutes */
  constructor(width: number, spanMinutes: number) {
    this.#width = width
    this.#minutes = new Rows(width, Math.min(spanMinutes, MINUTES_MAX) + AHEAD_MINUTES)
    this.#hours =
      spanMinutes < SPAN_BY_HOURS
        ? undefined
        : new Rows(width, Math.ceil(spanMinutes / MINUTES_PER_HOUR) + 1 + AHEAD_HOURS)
  }

  /** @param minute number of the minute since the epoch */
  add(minute: number, values: readonly number[]): void {
    this.addMinute(minute, values)
    this.addHour(Math.floor(minute / MINUTES_PER_HOUR), values)
  }

  /** To the minute alone, when the hour is filled from elsewhere. */
  addMinute(minute: number, values: readonly number[]): void {
    this.#minutes.add(minute, values)
  }

  /** To the hour alone. */
  addHour(hour: number, values: readonly number[]): void {
    this.#hours?.add(hour, values)
  }

  /** The sum of the minutes from <= minute < to. */
  sum(from: number, to: number): Float64Array {
    const sums = new Float64Array(this.#width)
    const firstHour = Math.ceil(from / MINUTES_PER_HOUR)
    const endHour = Math.floor(to / MINUTES_PER_HOUR)
    if (this.#hours === undefined || endHour <= firstHour) {
      this.#sumMinutes(from, to, sums)
      return sums
    }
    this.#sumMinutes(from, firstHour * MINUTES_PER_HOUR, sums)
    this.#hours.sum(firstHour, endHour, sums)
    this.#sumMinutes(endHour * MINUTES_PER_HOUR, to, sums)
    return sums
  }

  snapshot(): RingSnapshot {
    return { minutes: this.#minutes.entries(), hours: this.#hours?.entries() ?? [] }
  }

  /** Adds what a snapshot holds. */
  restore({ minutes, hours }: RingSnapshot): void {
    this.#minutes.addEntries(minutes)
    this.#hours?.addEntries(hours)
  }

  /** Within one hour, or at the edge of one. */
  #sumMinutes(from: number, to: number, sums: Float64Array): void {
    if (from >= to) return
    const held = Math.max(from, Math.min(to, this.#minutes.oldest))
    if (this.#hours !== undefined && held > from) {
      const hour = Math.floor(from / MINUTES_PER_HOUR)
      this.#hours.sum(hour, hour + 1, sums, (held - from) / MINUTES_PER_HOUR)
    }
    this.#minutes.sum(held, to, sums)
  }
}
