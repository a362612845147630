/** The candidate most like a misspelt word. */

/** Two letters that changed places are two edits, which would make any three-letter word like any other. */
const SHORT_WORD_LENGTH = 4
/** A longer word is no typo of an option. */
const WORD_LENGTH_MAX = 64

/** @returns undefined if none is near enough to be meant: within a third of the word's length, or two edits */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(word.length < SHORT_WORD_LENGTH ? 1 : 2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const candidate = nearest(word, candidates)
  return candidate === undefined ? '' : ` Did you mean "${candidate}"?`
}

/** A word and its beginning are near however long the rest is: `warning` means `warn`. */
function distanceOf(word: string, candidate: string): number {
  if (word.length > WORD_LENGTH_MAX || candidate.length > WORD_LENGTH_MAX) return Infinity
  const [shorter, longer] = word.length < candidate.length ? [word, candidate] : [candidate, word]
  return shorter.length >= SHORT_WORD_LENGTH && longer.startsWith(shorter) ? 1 : editDistance(word, candidate)
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
