/** Remembers the results of a pure function of one string; forgets all of them when there are too many. */
export function memoise<Result>(
  compute: (key: string) => Result,
  entriesMax = 2000,
): (key: string) => Result {
  const known = new Map<string, Result>()
  return (key) => {
    const found = known.get(key)
    if (found !== undefined) return found
    if (known.size >= entriesMax) known.clear()
    const result = compute(key)
    known.set(key, result)
    return result
  }
}
