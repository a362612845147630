import { describe, expect, test } from 'vitest'
import { ERROR_TYPES } from './enums.ts'
import { errorTypeOf, isErrorType } from './error-type.ts'

describe('errorTypeOf', () => {
  test.each([...ERROR_TYPES])('%s is itself', (type) => {
    expect(errorTypeOf(type)).toBe(type)
    expect(isErrorType(type)).toBe(true)
  })

  test.each([
    ['TimeoutError', 'timeout'],
    ['ReadTimeout', 'timeout'],
    ['timed out', 'timeout'],
    ['DeadlineExceeded', 'timeout'],
    ['openai.RateLimitError', 'rate_limited'],
    ['TooManyRequests', 'rate_limited'],
    ['insufficient_quota', 'rate_limited'],
    ['ContentFilterError', 'guardrail_blocked'],
    ['EmbeddingError', 'embedding_error'],
    ['RetrievalError', 'retrieval_error'],
    ['VectorStoreException', 'retrieval_error'],
    ['index_not_found_exception', 'retrieval_error'],
    ['IndexError', 'other'],
    ['IndexOutOfBoundsException', 'other'],
    ['redis.exceptions.ConnectionError', 'cache_error'],
    ['psycopg.DatabaseError', 'database_error'],
    ['SQLITE_BUSY', 'database_error'],
    ['anthropic.APIError', 'llm_error'],
    ['LLMError', 'llm_error'],
    ['pydantic.ValidationError', 'validation_error'],
    ['ValueError', 'validation_error'],
    ['TypeError', 'validation_error'],
    ['KeyError', 'other'],
    ['constructor', 'other'],
    ['__proto__', 'other'],
    ['', 'other'],
    ['Timeout', 'timeout'],
  ])('%s is %s', (name, type) => {
    expect(errorTypeOf(name)).toBe(type)
  })
})
