/** The closed error type of a free error name: exception names of clients that know no closed type. */
import { ERROR_TYPES } from './enums.ts'
import type { ErrorType } from './enums.ts'
import { memoise } from './memoise.ts'

const KNOWN: ReadonlySet<string> = new Set(ERROR_TYPES)

/** First match wins. A bare IndexError is no failure of a search index but a slip in the program. */
const PATTERNS: readonly (readonly [RegExp, ErrorType])[] = [
  [/time.?d?.?out|deadline/i, 'timeout'],
  [/rate.?limit|too.?many|429|quota|throttl/i, 'rate_limited'],
  [/guard|moderation|content.?(filter|policy)/i, 'guardrail_blocked'],
  [/embed/i, 'embedding_error'],
  [/retriev|vector|search|index.?(not|missing|unavailable)/i, 'retrieval_error'],
  [/cache|redis/i, 'cache_error'],
  [/sql|database|postgres|mongo|\bdb\b/i, 'database_error'],
  [/llm|openai|anthropic|model|generation|completion|api.?error/i, 'llm_error'],
  [/valid|schema|value.?error|type.?error|bad.?request/i, 'validation_error'],
]

export function isErrorType(name: string): name is ErrorType {
  return KNOWN.has(name)
}

/** By table, never the name itself: `TimeoutError` is `timeout`, `openai.RateLimitError` is `rate_limited`, else `other`. */
export function errorTypeOf(name: string): ErrorType {
  return isErrorType(name) ? name : typeOfName(name)
}

// An outage sends the same few names many times.
const typeOfName = memoise((name) => PATTERNS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other')
