import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DAY_MS, ISSUES, parseBatch } from '../src/index.ts'
import type { ParseContext, ParseIssue } from '../src/index.ts'

interface Vector {
  about?: string
  body?: unknown
  text?: string
  expected?: Record<string, unknown> | null
  issues?: Pick<ParseIssue, 'severity' | 'code' | 'path'>[]
}

const NOW = Date.UTC(2026, 10, 21, 12)
const CONTEXT: ParseContext = {
  now: NOW,
  oldest: NOW - 7 * DAY_MS,
  service: 'unknown',
  fallbackId: (index, undated) => `fallback-${index}${undated ? '-undated' : ''}`,
}
const FIELDS = ['about', 'body', 'expected', 'issues', 'text']
const folder = join(import.meta.dirname, 'golden')

const vectors = (['valid', 'invalid'] as const).flatMap((kind) =>
  readdirSync(join(folder, kind)).map((file) => {
    const vector = JSON.parse(readFileSync(join(folder, kind, file), 'utf8')) as Vector
    return { kind, name: `${kind}/${file}`, vector }
  }),
)

function parse({ body, text }: Vector) {
  const batch = parseBatch(text === undefined ? body : JSON.parse(text), CONTEXT)
  const { issues = [], issueCounts, issuesOmitted, ...rest } = batch ?? {}
  return {
    rest: batch === undefined ? null : (JSON.parse(JSON.stringify(rest)) as object),
    issues,
    issueCounts,
    issuesOmitted,
  }
}

describe.each(vectors)('$name', ({ kind, vector }) => {
  test('states what is expected, and nothing that no test reads', () => {
    expect(vector).toHaveProperty('expected')
    expect(vector).toHaveProperty('issues')
    expect('body' in vector).not.toBe('text' in vector)
    expect(Object.keys(vector).filter((field) => !FIELDS.includes(field))).toEqual([])
  })

  test('is parsed as expected', () => {
    const { rest, issues } = parse(vector)
    expect(rest).toEqual(vector.expected)
    expect(issues.map(({ severity, code, path }) => ({ severity, code, path }))).toEqual(vector.issues)
  })

  test('says what was there and what to do, and counts every issue', () => {
    const { issues, issueCounts = {}, issuesOmitted = 0 } = parse(vector)
    for (const { got, hint } of issues) {
      expect(got.length).toBeGreaterThan(0)
      expect(got.length).toBeLessThan(300)
      expect(hint.length).toBeGreaterThan(5)
    }
    const counted = Object.values(issueCounts).reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(issues.length + issuesOmitted)
  })

  test(`is ${kind}`, () => {
    const rejects = vector.expected === null || vector.issues?.some(({ severity }) => severity === 'error')
    expect(rejects).toBe(kind === 'invalid')
  })
})

test('every issue that parsing can raise has a vector', () => {
  const raised = new Set(vectors.flatMap(({ vector }) => vector.issues?.map(({ code }) => code) ?? []))
  // Raised for late feedback and scores, which are not part of a batch.
  const elsewhere = ['id_missing']
  expect(Object.keys(ISSUES).filter((code) => !raised.has(code as keyof typeof ISSUES))).toEqual(elsewhere)
})
