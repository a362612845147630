/** docs/formats/wire.md says what the parser does: its examples are parsed, and it names every field that is read. */
import { readFileSync } from 'node:fs'
import { parseBatch } from '@ragmeter/core'
import type { ParsedBatch } from '@ragmeter/core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { INGEST_SCHEMAS } from '../src/ingest/schemas.ts'

const page = readFileSync(new URL('../../../docs/formats/wire.md', import.meta.url), 'utf8')
const examples = Array.from(page.matchAll(/^```json\n([^]*?)^```$/gm), ([, text = '']) => text)
const bodies = examples.filter((text) => !text.includes('"accepted"'))
const answers = examples.filter((text) => text.includes('"accepted"'))

const { body: bodySchema, response } = INGEST_SCHEMAS.batch as {
  body: object
  response: { 200: { content: { 'application/json': { schema: object } } } }
}

function parse(body: unknown): ParsedBatch | undefined {
  const now = Date.UTC(2026, 10, 21, 12)
  return parseBatch(body, { now, oldest: now - 7 * 86_400_000, service: 'unknown', fallbackId: String })
}

function complaints(schema: object, value: unknown): unknown {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema)
  validate(value)
  return validate.errors ?? []
}

/** The same value, which tells the names of the fields that are asked for. */
function observed(value: unknown, fields: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => observed(item, fields))
  if (typeof value !== 'object' || value === null) return value
  const copy = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, observed(item, fields)]))
  return new Proxy(copy, {
    get(target, name) {
      if (typeof name === 'string') fields.add(name)
      return Reflect.get(target, name) as unknown
    },
  })
}

test.each(bodies)('the example of docs/formats/wire.md is parsed without an issue: %s', (text) => {
  const batch = parse(JSON.parse(text))
  expect(batch?.issues).toEqual([])
})

test.each(bodies)('the example of docs/formats/wire.md is valid by the OpenAPI document: %s', (text) => {
  expect(complaints(bodySchema, JSON.parse(text))).toEqual([])
})

test('docs/formats/wire.md has an answer, valid by the OpenAPI document', () => {
  expect(answers).toHaveLength(1)
  for (const text of answers) {
    expect(complaints(response[200].content['application/json'].schema, JSON.parse(text))).toEqual([])
  }
})

test('docs/formats/wire.md names every field that the parser asks for', () => {
  const fields = new Set<string>()
  for (const text of bodies) parse(observed(JSON.parse(text), fields))
  expect(fields.size).toBeGreaterThan(100)
  expect([...fields].filter((name) => !page.includes(`"${name}"`) && !page.includes(`\`${name}`))).toEqual([])
})
