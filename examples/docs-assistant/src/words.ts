import { stemmer } from 'stemmer'

/** Words that say how something is asked and not what is asked for; they would match every passage. */
const stopWords = new Set(
  (
    'a about all also an and any are as at be been before being but by can could did do does doing done for from get ' +
    'gets give given go had has have having he her here him his how i if in into is it its just let like me more most ' +
    'much must my need no not of on one only or our out please she should so some such tell than that the their them ' +
    'then there these they this those to too under us use used uses using very want was way we were what when where ' +
    'which while who whom whose why will with would you your'
  ).split(' '),
)

/** `sampleRate` is asked for as "sample rate", so the parts of camel case are words of their own. */
const camelCaseBoundary = /(?<=\p{Ll})(?=\p{Lu})/gu
const wordPattern = /[\p{L}\p{N}]+/gu
const tokenPattern = /[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu

/**
 * The terms of a text in order, as index and queries see them: lower case, without stop words, stemmed
 * (Porter), so that "stored" finds "stores".
 */
export function termsOf(text: string): string[] {
  const terms: string[] = []
  for (const [word] of text.replaceAll(camelCaseBoundary, ' ').matchAll(wordPattern)) {
    const lower = word.toLowerCase()
    if (!stopWords.has(lower)) terms.push(stemmer(lower))
  }
  return terms
}

/**
 * Tokens as the extractive answerer counts them: every run of letters or digits and every other visible character
 * is one. A language model's own tokeniser counts some 30 % more.
 */
export function countTokens(text: string): number {
  return text.match(tokenPattern)?.length ?? 0
}
