/** Takes out of an error message what could be content or a secret. What remains says what kind of failure it was. */
import { LIMITS, wellFormed } from '@ragmeter/core'

/** Order matters: the more specific first. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:bearer|basic)\s+[\w.~+/=-]{8,}/gi, '[credential]'],
  [/\b(?:sk|pk|rk|ghp|gho|xox[abp]|AKIA|AIza|hf)[-_]?[\w-]{12,}/g, '[credential]'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '[credential]'],
  [/\b(?:api[-_ ]?key|password|passwd|secret|token)\b(\s*[:=]\s*)\S+/gi, '[credential]'],
  [/(?<![a-z0-9+.-])([a-z0-9+.-]+:\/\/)[^\s/@:]+:[^\s/@]+@/gi, '$1[credential]@'],
  [/(\bhttps?:\/\/[^\s?#]+)[?#]\S*/gi, '$1'],
  [/(?<![\w.%+-])[\w.%+-]+@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, '[email]'],
  [/(["'`])(?:(?!\1)[^\\\n]|\\.){24,}\1/g, '[text]'],
  [/\b(?:\d{1,3}\.){3}\d{1,3}\b/g, '[ip]'],
  [/\+?\d(?:[ .()-]?\d){8,}/g, '[number]'],
]

/** Longer messages are cut first, so that a hostile one cannot keep the patterns busy. */
const INPUT_LENGTH_MAX = 4096

/** Other scripts say much in few characters, and between their words are no spaces. */
const SHORT_WORD = /^\w{1,3}$/

/**
 * @param query the text of the request: messages of validators and clients repeat it
 * @param lengthMax of what remains, at most 4096
 */
export function redact(
  message: string,
  query: string,
  lengthMax: number = LIMITS.errorMessageLengthMax,
): string {
  const asked = query.trim()
  let text = withoutQuery(cut(message, asked), asked)
  for (const [pattern, replacement] of PATTERNS) text = text.replace(pattern, replacement)
  return wellFormed(text.slice(0, lengthMax))
}

/** A short query is taken out as a word of its own only, so that "a" leaves the rest of a message readable. */
function withoutQuery(text: string, query: string): string {
  if (query === '') return text
  if (!SHORT_WORD.test(query)) return text.replaceAll(query, '[query]')
  return text.replaceAll(new RegExp(`(?<!\\w)${query}(?!\\w)`, 'g'), '[query]')
}

function cut(message: string, query: string): string {
  if (message.length <= INPUT_LENGTH_MAX) return message
  const text = message.slice(0, INPUT_LENGTH_MAX)
  // The end may have been cut out of the query: what is left of that is not found as the whole query is.
  for (let at = Math.max(0, text.length - query.length); at < text.length; at += 1) {
    if (query.startsWith(text.slice(at))) return `${text.slice(0, at)}[query]`
  }
  return text
}
