/** A very small search: sections of a Markdown text, scored by how much of the question's rare words they hold. */

export interface Section {
  heading: string
  text: string
}

export interface Hit {
  section: Section
  /** Share of the question's words found in the section, rare words weighing more; 0..1. */
  score: number
}

export interface SearchIndex {
  /** The best sections, best first; none if no word of the question occurs anywhere. */
  search(question: string, limit: number): Hit[]
}

const COMMON_WORDS = new Set(
  'a an and are as at be by can do does for from has have how i if in is it its my of on or so that the this to was what when where which who why will with you your'.split(
    ' ',
  ),
)
/** A section that shares less than this with the question is no answer to it. */
const SCORE_MIN = 0.34

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z0-9_]+/g) ?? []
  return words.filter((word) => !COMMON_WORDS.has(word)).map((word) => word.replace(/(?<=...)(es|s)$/, ''))
}

/** Cuts a Markdown text at its headings. */
export function sectionsOf(markdown: string): Section[] {
  return markdown
    .split(/^(?=#{1,3} )/m)
    .map((part) => {
      const [first = '', ...rest] = part.split('\n')
      return { heading: first.replace(/^#+ /, ''), text: rest.join('\n').trim() }
    })
    .filter(({ text }) => text !== '')
}

export function createSearchIndex(sections: readonly Section[]): SearchIndex {
  const entries = sections.map((section) => ({
    section,
    words: new Set(wordsOf(`${section.heading} ${section.text}`)),
  }))

  function weightOf(word: string): number {
    const holders = entries.filter(({ words }) => words.has(word)).length
    return Math.log(1 + (entries.length + 1) / (holders + 0.5))
  }

  return {
    search(question, limit) {
      const weights = [...new Set(wordsOf(question))].map((word) => [word, weightOf(word)] as const)
      const total = weights.reduce((sum, [, weight]) => sum + weight, 0)
      return entries
        .map(({ section, words }) => {
          const found = weights.reduce((sum, [word, weight]) => sum + (words.has(word) ? weight : 0), 0)
          return { section, score: total === 0 ? 0 : found / total }
        })
        .filter(({ score }) => score >= SCORE_MIN)
        .sort((left, right) => right.score - left.score)
        .slice(0, limit)
    },
  }
}

/** The sentence of the hits that shares most words with the question; undefined without hits. */
export function extractAnswer(question: string, hits: readonly Hit[]): string | undefined {
  const wanted = new Set(wordsOf(question))
  const sentences = hits.flatMap(({ section }) => section.text.split(/(?<=[.!?])\s+|\n{2,}/))
  let best: { sentence: string; shared: number } | undefined
  for (const sentence of sentences) {
    const shared = new Set(wordsOf(sentence).filter((word) => wanted.has(word))).size
    if (best === undefined || shared > best.shared) best = { sentence, shared }
  }
  return best?.sentence
}
