/** The word that was probably meant. */

/** @returns the candidate that differs least, if it differs by little */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase().slice(0, 40)
  const prefixed = candidates.find((candidate) => lower.length >= 3 && candidate.startsWith(lower))
  if (prefixed !== undefined) return prefixed
  let best: string | undefined
  let bestDistance = Math.min(2, Math.floor(lower.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = distanceOf(lower, candidate)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Optimal string alignment: letters changed, added, left out, or swapped with their neighbour. */
function distanceOf(left: string, right: string): number {
  let before: number[] = []
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= right.length; j += 1) {
      const isSame = left[i - 1] === right[j - 1]
      let cost = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1)
      next.push(cost)
    }
    before = row
    row = next
  }
  return at(row, right.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
