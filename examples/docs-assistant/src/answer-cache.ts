/** A bounded cache of answers: the least recently used entry leaves first, and none outlives its time. */
export interface AnswerCache<Value> {
  get(question: string): Value | undefined
  set(question: string, value: Value): void
}

export interface AnswerCacheOptions {
  /** Milliseconds; only differences count, so any monotonic clock will do. */
  readonly now: () => number
  /** @default 32 */
  readonly entriesMax?: number
  /** @default 60000 */
  readonly timeToLiveMs?: number
}

export function createAnswerCache<Value>(options: AnswerCacheOptions): AnswerCache<Value> {
  const { now, entriesMax = 32, timeToLiveMs = 60_000 } = options
  // A Map keeps insertion order, and an entry is inserted anew whenever it is used: the first is the oldest.
  const entries = new Map<string, { value: Value; expiresAtMs: number }>()

  return {
    get: (question) => {
      const key = keyOf(question)
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (entry.expiresAtMs <= now()) return undefined
      entries.set(key, entry)
      return entry.value
    },
    set: (question, value) => {
      const key = keyOf(question)
      entries.delete(key)
      entries.set(key, { value, expiresAtMs: now() + timeToLiveMs })
      const oldest = entries.keys().next()
      if (entries.size > entriesMax && oldest.done !== true) entries.delete(oldest.value)
    },
  }
}

/** The same question in other capitals or spacing has the same answer. */
function keyOf(question: string): string {
  return question.trim().replaceAll(/\s+/g, ' ').toLowerCase()
}
