import { DAY_MS, HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  choice,
  duration,
  integer,
  list,
  number,
  optionalTime,
  readQuery,
  readTime,
  text,
  time,
} from './parameters.ts'

const NOW = Date.UTC(2026, 10, 21, 12, 0, 0)
const refusal = (path: string) => expect.objectContaining({ code: 'invalid_request', path })

describe('readTime', () => {
  test.each([
    ['now', NOW],
    ['now-1h', NOW - HOUR_MS],
    ['-24h', NOW - DAY_MS],
    ['now+30m', NOW + 30 * MINUTE_MS],
    ['-90s', NOW - 90_000],
    ['-1w', NOW - 7 * DAY_MS],
    ['2026-11-20', Date.UTC(2026, 10, 20)],
    ['2026-11-20T10:00:00Z', Date.UTC(2026, 10, 20, 10)],
    ['2026-11-20T10:00:00+02:00', Date.UTC(2026, 10, 20, 8)],
    ['1795178400', 1795178400_000],
    ['1795178400000', 1795178400_000],
  ])('reads %s', (given, expected) => {
    expect(readTime(given, NOW)).toBe(expected)
  })

  test.each(['', '-', 'now-', '24h', 'now1h', '-1y', 'yesterday', '2026-13-01', '-1h30m', '12', ' now'])(
    'refuses "%s"',
    (given) => {
      expect(readTime(given, NOW)).toBeUndefined()
    },
  )
})

describe('readQuery', () => {
  const definitions = {
    from: time('From.', 'now-24h'),
    at: optionalTime('At.'),
    service: text('Service.'),
    limit: integer('Limit.', { minimum: 1, maximum: 10, default: 5 }),
    above: number('Above.', { minimum: 0, maximum: 1 }),
    period: choice('Period.', ['1h', '24h'], '24h'),
    status: choice('Status.', ['success', 'error']),
    by: list('By.'),
    step: duration('Step.'),
  }
  const prefixes = {
    'metadata.': { doc: 'Metadata.', example: 'metadata.KEY' },
    'not.': { doc: 'Not.', example: 'not.FIELD', repeats: true },
  }
  const readAll = (query: Record<string, unknown>) => readQuery(query, definitions, prefixes, NOW)

  test('gives defaults', () => {
    expect(readAll({})).toEqual({
      values: {
        from: NOW - DAY_MS,
        at: undefined,
        service: undefined,
        limit: 5,
        above: undefined,
        period: '24h',
        status: undefined,
        by: [],
        step: undefined,
      },
      prefixed: { 'metadata.': {} },
      repeated: { 'not.': [] },
    })
  })

  test('gives what was asked for', () => {
    const { values, prefixed, repeated } = readAll({
      from: '-1h',
      at: '2026-11-21',
      service: '',
      limit: '10',
      above: '0.5',
      period: '1h',
      status: 'error',
      by: ['a,b', 'b, c'],
      step: '5m',
      'metadata.team': 'x',
      'metadata.a.b': 'y',
      'metadata.__proto__': 'z',
      'not.org': ['a,b', 'c'],
      'not.metadata.k': 'v',
    })
    expect(values).toEqual({
      from: NOW - HOUR_MS,
      at: Date.UTC(2026, 10, 21),
      service: '',
      limit: 10,
      above: 0.5,
      period: '1h',
      status: 'error',
      by: ['a', 'b', 'c'],
      step: 5 * MINUTE_MS,
    })
    expect(Object.entries(prefixed['metadata.'] ?? {})).toEqual([
      ['team', 'x'],
      ['a.b', 'y'],
      ['__proto__', 'z'],
    ])
    expect(repeated['not.']).toEqual([
      ['org', 'a,b'],
      ['org', 'c'],
      ['metadata.k', 'v'],
    ])
  })

  test.each([
    ['limit', '0'],
    ['limit', '11'],
    ['limit', '1.5'],
    ['limit', ''],
    ['limit', 'ten'],
    ['above', 'NaN'],
    ['above', '2'],
    ['period', '2h'],
    ['status', 'ok'],
    ['from', 'soon'],
    ['at', ''],
    ['step', '0s'],
    ['step', '5'],
    ['step', 'fast'],
    ['service', 'x'.repeat(513)],
    ['servcie', 'docs'],
    ['metadata.', 'x'],
    ['toString', 'x'],
    ['service', ['a', 'b']],
    ['metadata.team', ['a', 'b']],
    ['not.', 'x'],
    ['not.org', ['a', 'x'.repeat(513)]],
  ])('refuses %s=%s and names it', (name, value) => {
    expect(() => readAll({ [name]: value })).toThrow(refusal(name))
  })

  test('lists the known parameters for one that is not', () => {
    expect(() => readAll({ perod: '1h' })).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(
          /^Known parameters: from, .*metadata\.KEY, not\.FIELD\. Did you mean "period"\?$/,
        ),
      }),
    )
  })

  test('never throws anything but a refusal', () => {
    const names = fc.oneof(fc.constantFrom(...Object.keys(definitions), 'metadata.x'), fc.string())
    const values = fc.oneof(fc.string(), fc.array(fc.string()))
    fc.assert(
      fc.property(fc.dictionary(names, values), (query) => {
        try {
          readAll(query)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_request', hint: expect.any(String) })
        }
      }),
    )
  })
})
