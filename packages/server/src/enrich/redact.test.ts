import { LIMITS } from '@ragmeter/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { redact } from './redact.ts'

describe('redact', () => {
  it.each([
    ['401 for Bearer abc.def-ghi_jkl', '401 for Bearer <token>'],
    ['Incorrect API key provided: sk-proj-1234567890abcdef', 'Incorrect API key provided: <key>'],
    ['push with ghp_abcdefghij0123456789 failed', 'push with <key> failed'],
    ['github_pat_11ABCDEFG0abcdef is expired', '<key> is expired'],
    ['xoxb-1234567890-abcdef', '<key>'],
    ['AKIAIOSFODNN7EXAMPLE is not allowed', '<key> is not allowed'],
    ['jwt eyJhbGciOi.eyJzdWIiOiIx.c2lnbmF0dXJl', 'jwt <token>'],
    ['password=hunter22, next', 'password=<secret>, next'],
    ['{"password": "two words here"}', '{"password": <secret>}'],
    ["api_key='abc def'", 'api_key=<secret>'],
    ['api-key: abcdef', 'api-key: <secret>'],
    ['postgres://admin:s3cret@db:5432/x', 'postgres://<credentials>@db:5432/x'],
    ['mail to jane.doe+rag@mail.example.co.uk bounced', 'mail to <email> bounced'],
    ['connect ECONNREFUSED 10.0.12.7:5432', 'connect ECONNREFUSED <ip>:5432'],
    ['card 4111 1111 1111 1111 declined', 'card <number> declined'],
    ['call +49 (30) 1234-5678', 'call <phone>'],
  ])('masks in %j', (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    'TypeError: undefined is not a function at index.js:10:5',
    'skipped_because_nothing_was_found',
    'pkg-config is missing',
    'max_tokens: 4096 exceeded by 120 tokens',
    'timeout of 30000 ms exceeded after 3 retries',
    'model gpt-4o-2024-08-06 in version 1.2.3',
    'secretary of the board',
    '2026-01-15T12:00:00.000Z',
  ])('leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text)
  })

  it('masks a second time what it masked before as the same', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const once = redact(text)
        expect(redact(once)).toBe(once)
      }),
    )
  })

  it.each(['a', 'a.', 'a:', '1 ', '+1', 'a@', 'eyJaaaaaa.', 'a://a:', 'token:', '"token":"', 'sk-', '1.1.'])(
    'is done at once with the longest text of %j',
    (part) => {
      const text = part.repeat(Math.max(LIMITS.commentLengthMax, LIMITS.errorMessageLengthMax) / part.length)
      expect(redact(text).length).toBeLessThan(text.length * 5)
    },
  )
})
