/** When alerts fired: from changes of state and what is active now to intervals of time. */

interface Change {
  at: number
  id: string
  name: string
  labels: Readonly<Record<string, string>>
  from: string
  to: string
}

interface Active {
  id: string
  name: string
  labels: Readonly<Record<string, string>>
  state: string
  fired_at: number | null
}

/** Moments are epoch milliseconds. */
export interface Interval {
  id: string
  name: string
  labels: Readonly<Record<string, string>>
  from: number
  to: number
}

/**
 * Intervals in which alerts fired within a range, the latest first.
 * @param changes of the range, in any order @param active what is active at `now`
 */
export function firingIntervals(
  changes: readonly Change[],
  active: readonly Active[],
  range: { from: number; to: number },
  now: number,
): Interval[] {
  const open = new Map<string, Interval>()
  const closed: Interval[] = []
  const end = Math.min(range.to, now)
  for (const { at, id, name, labels, from, to } of changes.toSorted((left, right) => left.at - right.at)) {
    if (to === 'firing') open.set(id, { id, name, labels, from: at, to: end })
    else if (from === 'firing') {
      // One that fired already when the range began has no start within it.
      const began = open.get(id)?.from ?? range.from
      open.delete(id)
      closed.push({ id, name, labels, from: began, to: at })
    }
  }
  for (const { id, name, labels, state, fired_at: firedAt } of active) {
    if (state !== 'firing' || firedAt === null || firedAt >= end) continue
    open.set(id, open.get(id) ?? { id, name, labels, from: Math.max(range.from, firedAt), to: end })
  }
  return [...closed, ...open.values()]
    .filter(({ from, to }) => to > from)
    .toSorted((left, right) => right.from - left.from)
}
