import { describe, expect, test } from 'vitest'
import { LIMITS } from './limits.ts'
import { isObject, Reader, wellFormed } from './reader.ts'

describe('Reader.issue', () => {
  test.each([
    ['traces', '', '', 'traces[3]'],
    ['traces', '', 'org', 'traces[3].org'],
    ['', '', 'sequence', 'sequence'],
    ['traces', 'retrieval', 'count', 'traces[3].retrieval.count'],
    ['traces', 'retrieval', '', 'traces[3].retrieval'],
  ])('in list %j, scope %j: the path', (list, scope, field, path) => {
    const reader = new Reader()
    Object.assign(reader, { list, scope, index: 3 })
    reader.issue('missing', field, undefined, 'error')
    expect(reader.issues[0]?.path).toBe(path)
  })

  test('lists within lists have their positions in the path, and the scope is restored', () => {
    const reader = new Reader()
    const inner = { items: [{ x: 1 }, 5] }
    reader.objects([inner, {}, inner], 'outer', 10, (item) => {
      reader.objects(item['items'], 'items', 10, ({ x }) => reader.count(x, 'x', 0))
      return reader.required(item['name'], 'name')
    })
    reader.issue('missing', 'after', undefined, 'warning')
    expect(reader.issues.map(({ path }) => path)).toEqual([
      'traces[0].outer[0].items[0].x',
      'traces[0].outer[0].items[1]',
      'traces[0].outer[0].name',
      'traces[0].outer[1].name',
      'traces[0].outer[2].items[0].x',
      'traces[0].outer[2].items[1]',
      'traces[0].outer[2].name',
      'traces[0].after',
    ])
  })

  test('keeps so many of each severity, counts all', () => {
    const reader = new Reader()
    const many = LIMITS.issuesReportedMax + 5
    for (let i = 0; i < many; i += 1) reader.issue('too_long', 'x', i, 'warning')
    for (let i = 0; i < many; i += 1) reader.issue('missing', 'y', i, 'error')
    expect(reader.issues.filter(({ severity }) => severity === 'warning')).toHaveLength(
      LIMITS.issuesReportedMax,
    )
    expect(reader.issues.filter(({ severity }) => severity === 'error')).toHaveLength(
      LIMITS.issuesReportedMax,
    )
    expect(reader.issuesOmitted).toBe(10)
    expect(reader.issueCounts).toEqual({ too_long: many, missing: many })
  })

  test.each([
    ['short', '"short"'],
    ['x'.repeat(50), `"${'x'.repeat(40)}"...`],
    ['\ud83d\ude00"', '"😀\\""'],
    [[1, 2], 'a list of 2'],
    [{ secret: 'x' }, 'an object'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Infinity, 'Infinity'],
    [Symbol('s'), 'Symbol(s)'],
  ])('says of %o that it got %s', (value, got) => {
    const reader = new Reader()
    reader.issue('wrong_type', 'x', value, 'warning')
    expect(reader.issues[0]?.got).toBe(got)
  })
})

/** What is read, then the codes of the issues. */
const read = <Value>(use: (reader: Reader) => Value) => {
  const reader = new Reader()
  return [use(reader), ...reader.issues.map(({ code }) => code)]
}

describe('Reader', () => {
  test.each([
    [undefined, [undefined]],
    [null, [undefined]],
    ['', [undefined]],
    ['abc', ['abc']],
    ['abcd', ['abc', 'too_long']],
    ['ab\ud83d\ude00', ['ab\ufffd', 'too_long']],
    ['\ud83d', ['\ufffd']],
    [5, ['5']],
    [-0.5, ['-0.5']],
    [false, ['false']],
    [Infinity, [undefined, 'wrong_type']],
    [{}, [undefined, 'wrong_type']],
    [[], [undefined, 'wrong_type']],
  ])('text of %j is %j', (value, expected) => {
    expect(read((reader) => reader.text(value, 'x', 3))).toEqual(expected)
  })

  test.each([
    [undefined, [undefined]],
    [null, [undefined]],
    [1, [1]],
    [10, [10]],
    [-0, [0]],
    ['5.5', [5.5]],
    ['1e1', [10]],
    ['', [undefined, 'wrong_type']],
    [' 5', [undefined, 'wrong_type']],
    ['0x1', [undefined, 'wrong_type']],
    ['1'.repeat(30), [undefined, 'wrong_type']],
    ['NaN', [undefined, 'not_finite']],
    ['-Infinity', [undefined, 'not_finite']],
    ['1e999', [undefined, 'not_finite']],
    [Number.NaN, [undefined, 'not_finite']],
    [10.1, [undefined, 'out_of_range']],
    [-1, [undefined, 'out_of_range']],
    [true, [undefined, 'wrong_type']],
    [[1], [undefined, 'wrong_type']],
  ])('number of %j in 0..10 is %j', (value, expected) => {
    expect(read((reader) => reader.number(value, 'x', 0, 10))).toEqual(expected)
  })

  test.each([
    [3, [3]],
    ['3', [3]],
    [3.5, [undefined, 'wrong_type']],
    [0, [undefined, 'out_of_range']],
    [11, [undefined, 'out_of_range']],
  ])('count of %j in 1..10 is %j', (value, expected) => {
    expect(read((reader) => reader.count(value, 'x', 10, 1))).toEqual(expected)
  })

  test.each([
    [0, [0]],
    [-0, [0]],
    [Number.MAX_SAFE_INTEGER, [Number.MAX_SAFE_INTEGER]],
    [Number.MAX_SAFE_INTEGER + 1, [undefined, 'wrong_type']],
    [-1, [undefined, 'wrong_type']],
    [0.5, [undefined, 'wrong_type']],
    ['1', [undefined, 'wrong_type']],
    [undefined, [undefined, 'wrong_type']],
  ])('sum of %j is %j', (value, expected) => {
    expect(read((reader) => reader.sum(value, 'x'))).toEqual(expected)
  })

  test.each([
    [true, [true]],
    [1, [true]],
    ['true', [true]],
    [false, [false]],
    [0, [false]],
    ['false', [false]],
    [null, [undefined]],
    [2, [undefined, 'wrong_type']],
    ['yes', [undefined, 'wrong_type']],
  ])('flag of %j is %j', (value, expected) => {
    expect(read((reader) => reader.flag(value, 'x'))).toEqual(expected)
  })

  test.each([
    ['a', ['a']],
    [null, [undefined]],
    ['c', [undefined, 'not_in_enum']],
    [['a'], [undefined, 'not_in_enum']],
    ['constructor', [undefined, 'not_in_enum']],
  ])('oneOf of %j is %j', (value, expected) => {
    expect(read((reader) => reader.oneOf(value, 'x', ['a', 'b']))).toEqual(expected)
  })

  test.each([
    [null, [undefined]],
    [[], [[]]],
    [[1, 2], [[1, 2]]],
    [
      [1, 2, 3],
      [[1, 2], 'too_many'],
    ],
    [{ length: 1 }, [undefined, 'wrong_type']],
  ])('items of %j is %j', (value, expected) => {
    expect(read((reader) => reader.items(value, 'x', 2))).toEqual(expected)
  })

  test.each([
    [null, [undefined]],
    [[], [undefined]],
    [
      [null, 1],
      [undefined, 'wrong_type', 'wrong_type'],
    ],
    [
      [{ a: 1 }, 5, { a: 2 }],
      [[{ a: 1 }, { a: 2 }], 'wrong_type'],
    ],
  ])('objects of %j is %j', (value, expected) => {
    expect(read((reader) => reader.objects(value, 'x', 9, (item) => item))).toEqual(expected)
  })
})

test('isObject and wellFormed', () => {
  expect([{}, [], null, 'x', undefined].map(isObject)).toEqual([true, false, false, false, false])
  expect(wellFormed('a\udc00\ud800b\ud83d\ude00')).toBe('a\ufffd\ufffdb😀')
})
