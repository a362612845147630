/** How long ago something was, for people: `12 s ago`, `3 h ago`. */

const STEPS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** A moment ahead of this machine's clock is now: two clocks are never the same. */
export function formatAgo(at: number, now: number): string {
  const length = formatLength(now - at)
  return length === undefined ? 'just now' : `${length} ago`
}

/** The largest unit that fits, rounded down; undefined below a second. */
function formatLength(ms: number): string | undefined {
  const step = STEPS.find(([, stepMs]) => ms >= stepMs)
  return step === undefined ? undefined : `${Math.floor(ms / step[1])} ${step[0]}`
}
