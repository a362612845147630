/**
 * Quality of an answer by the words it shares with its sources. Computed where the text is: only the scores leave.
 * Overlap of words is a cheap signal to watch over time, not a judgement of one answer.
 */

interface AnswerQuality {
  /** Share 0..1 of the documents whose content words appear in the answer beyond chance. */
  contextUtilisation: number
  /** Share 0..1 of the answer's content words that stand in the documents. */
  groundedness: number
}

/** Words read of one text: what is beyond adds cost, and hardly changes a share. */
const WORDS_MAX = 20_000
/** A document counts as used if this share of the answer's words stand in it, or of its own words in the answer. */
const USED_SHARE = 0.2
const WORD = /[\p{L}\p{N}]+/gu

/** Words that every text shares, so that they say nothing. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it ' +
    'its may me more most my no not of on or our out she should so some than that the their them then there these ' +
    'they this those to too up us was we were what when where which who why will with would you your'
  ).split(' '),
)

/**
 * @returns undefined if the answer or the documents have no content words: then nothing can be said
 */
export function measureAnswer(answer: string, documents: readonly string[]): AnswerQuality | undefined {
  const answered = contentWords(answer)
  if (answered.size === 0 || documents.length === 0) return undefined
  const found = new Set<string>()
  let used = 0
  let readable = 0
  for (const document of documents) {
    const words = contentWords(document)
    if (words.size === 0) continue
    readable += 1
    let shared = 0
    for (const word of answered) {
      if (!words.has(word)) continue
      shared += 1
      found.add(word)
    }
    if (shared / Math.min(answered.size, words.size) >= USED_SHARE) used += 1
  }
  if (readable === 0) return undefined
  return { contextUtilisation: used / readable, groundedness: found.size / answered.size }
}

function contentWords(text: string): Set<string> {
  const words = new Set<string>()
  let read = 0
  for (const [word] of text.matchAll(WORD)) {
    read += 1
    if (read > WORDS_MAX) break
    const lower = word.toLowerCase()
    if (lower.length > 1 && !STOP_WORDS.has(lower)) words.add(lower)
  }
  return words
}
