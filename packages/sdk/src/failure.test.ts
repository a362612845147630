import { describe, expect, test } from 'vitest'
import { failureOf } from './failure.ts'
import { redact } from './redact.ts'

class RateLimitError extends Error {
  readonly status = 429
}
class APIUserAbortError extends Error {}
class APIConnectionTimeoutError extends Error {}
class WeaviateVectorError extends Error {}

const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code })
const withStatus = (status: number) => Object.assign(new Error('x'), { status })

describe('failureOf', () => {
  test.each<[string, unknown, string, string | undefined]>([
    ['an aborted signal', new DOMException('x', 'AbortError'), 'cancelled', undefined],
    ['an abort by code', withCode('ABORT_ERR'), 'cancelled', undefined],
    ['an abort of the OpenAI client', new APIUserAbortError(), 'cancelled', undefined],
    ['a timed out signal', new DOMException('x', 'TimeoutError'), 'timeout', 'timeout'],
    ['a socket timeout', withCode('ETIMEDOUT'), 'timeout', 'timeout'],
    ['a timeout of the OpenAI client', new APIConnectionTimeoutError(), 'timeout', 'timeout'],
    [
      'a timeout in the cause',
      new Error('x', { cause: withCode('UND_ERR_HEADERS_TIMEOUT') }),
      'timeout',
      'timeout',
    ],
    ['429', new RateLimitError(), 'error', 'rate_limited'],
    ['529 of Anthropic', withStatus(529), 'error', 'rate_limited'],
    ['504', withStatus(504), 'timeout', 'timeout'],
    ['422', { statusCode: 422 }, 'error', 'validation_error'],
    ['429 of axios', Object.assign(new Error('x'), { response: { status: 429 } }), 'error', 'rate_limited'],
    ['an error named by its class', new WeaviateVectorError(), 'error', 'retrieval_error'],
    ['a closed type as text', 'guardrail_blocked', 'error', 'guardrail_blocked'],
    ['an unknown error', new Error('x'), 'error', 'other'],
    ['nothing', undefined, 'error', 'other'],
    ['a number', 5, 'error', 'other'],
  ])('%s', (_name, error, status, errorType) => {
    expect(failureOf(error)).toMatchObject({ status, errorType })
  })

  test('takes the step where nothing else tells', () => {
    expect(failureOf(new Error('x'), 'generation').errorType).toBe('llm_error')
    expect(failureOf(new TypeError('x'), 'retrieval').errorType).toBe('retrieval_error')
    expect(failureOf(new RateLimitError('x'), 'retrieval').errorType).toBe('rate_limited')
    expect(failureOf(new Error('x'), 'postprocess').errorType).toBe('other')
  })

  test.each<[string, unknown, string]>([
    ['a closed type', 'guardrail_blocked', 'guardrail_blocked'],
    ['a qualified name', 'openai.RateLimitError', 'openai.RateLimitError'],
    ['a text that was thrown', 'no answer to: what is fog?', 'Error'],
    ['a long word', 'x'.repeat(65), 'Error'],
    ['nothing', '', 'Error'],
    ['a text as the name of an error', Object.assign(new Error('x'), { name: 'what is fog?' }), 'Error'],
    ['a class', new RateLimitError(), 'RateLimitError'],
  ])('names the exception only by an identifier: %s', (_name, error, exception) => {
    expect(failureOf(error).exception).toBe(exception)
  })

  test('finds the type of a text that was thrown, in its beginning', () => {
    expect(failureOf('rate limit reached for q').errorType).toBe('rate_limited')
    expect(failureOf(`${'x'.repeat(200)} rate limit`).errorType).toBe('other')
  })

  test('survives an error whose getters throw', () => {
    const hostile = Object.defineProperty({}, 'message', {
      get: () => {
        throw new Error('trap')
      },
    })
    expect(failureOf(hostile)).toMatchObject({ status: 'error', errorType: 'other', message: '' })
  })
})

describe('redact', () => {
  test.each([
    ['Incorrect API key provided: sk-proj-abcdefghijklmnop1234', 'Incorrect API key provided: [credential]'],
    ['header Authorization: Bearer abcdef.ghijkl-123456', 'header Authorization: [credential]'],
    ['password=hunter2 rejected', '[credential] rejected'],
    [
      'connect postgres://app:secret@db:5432/rag failed',
      'connect postgres://[credential]@db:5432/rag failed',
    ],
    ['GET https://api.example.com/v1/x?key=abc#top failed', 'GET https://api.example.com/v1/x failed'],
    ['no user bob.smith@example.com', 'no user [email]'],
    ['connect ECONNREFUSED 10.0.12.7:5432', 'connect ECONNREFUSED [ip]:5432'],
    ['called +49 170 1234567 twice', 'called [number] twice'],
    ['invalid input "the answer to my private question is" at 3', 'invalid input [text] at 3'],
    ['timeout after 30000 ms at line 12', 'timeout after 30000 ms at line 12'],
  ])('%s', (message, expected) => {
    expect(redact(message, '')).toBe(expected)
  })

  test('takes out the question itself', () => {
    expect(redact('cannot embed what is fog?: too short', 'what is fog?')).toBe(
      'cannot embed [query]: too short',
    )
  })

  test.each([
    ['no fog here', 'fog', 'no [query] here'],
    ['foggy weather', 'fog', 'foggy weather'],
    ['東京の天気', '東京', '[query]の天気'],
    ['cannot embed what is fog?', ' what is fog?\n', 'cannot embed [query]'],
    ['why?', '?', 'why[query]'],
    ['a b', '  ', 'a b'],
  ])('takes out a question however short: of %j %j', (message, query, expected) => {
    expect(redact(message, query)).toBe(expected)
  })

  test('is bounded in length and time', () => {
    const start = performance.now()
    for (const unit of ['a', '1 ', '"', "'\\", 'a@', 'x:', 'bearer ', '-.'])
      expect(redact(unit.repeat(100_000), 'q').length).toBeLessThanOrEqual(1024)
    // Catastrophic backtracking would take minutes.
    expect(performance.now() - start).toBeLessThan(5000)
  })
})
