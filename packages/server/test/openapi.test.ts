/** The OpenAPI document: pinned, and true of what the daemon answers. */
import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SCENARIOS } from './api-scenarios.ts'
import { FakeStore } from './fake-store.ts'
import { NOW } from './scenario.ts'
import { startDaemon } from './start-daemon.ts'
import type { TestDaemon } from './start-daemon.ts'

const GOLDEN = new URL('golden/openapi.json', import.meta.url)

interface Operation {
  operationId: string
  parameters?: { name: string; in: string; description?: string }[]
  requestBody?: object
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}
interface OpenApi {
  openapi: string
  info: { version: string }
  paths: Record<string, Record<string, Operation>>
}

let daemon: TestDaemon
let document: OpenApi
beforeAll(async () => {
  daemon = await startDaemon({ now: () => NOW, config: { dimensions: ['team'] } })
  const response = await fetch(`${daemon.server.url}/api/v1/openapi.json`)
  document = (await response.json()) as OpenApi
  // A release changes nothing in the interface.
  document.info.version = '0.0.0'
})
afterAll(async () => {
  await daemon[Symbol.asyncDispose]()
})

test('the document is the golden one; after a change that is meant: UPDATE_GOLDEN=1 npx vitest run openapi && npx oxfmt packages/server/test/golden', () => {
  if (process.env['UPDATE_GOLDEN'] !== undefined)
    writeFileSync(GOLDEN, `${JSON.stringify(document, null, 2)}\n`)
  expect(document).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
})

test('every operation has a name, and describes its parameters and its answers', () => {
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  const names = operations.map(({ operationId }) => operationId)
  expect(new Set(names).size).toBe(names.length)
  for (const { operationId, parameters = [], responses } of operations) {
    expect(operationId).toMatch(/^[a-z][A-Za-z]+$/)
    for (const parameter of parameters) expect(parameter.description).toMatch(/\.$/)
    expect(responses['200']?.content).toBeDefined()
  }
})

test('a parameter that is not known is an error, but where docs/reference/http.md says that it is not', async () => {
  const page = readFileSync(new URL('../../../docs/reference/http.md', import.meta.url), 'utf8')
  const [, exceptions = ''] = /A parameter that is not known is an error(.*?)\. Paths/s.exec(page) ?? []
  const deaf = [...Object.keys(document.paths), '/api/v1/openapi.json'].filter((path) =>
    exceptions.includes(`\`${path}\``),
  )
  expect(deaf).toHaveLength(3)
  for (const path of deaf) {
    expect([path, (await fetch(`${daemon.server.url}${path}?servcie=docs`)).status]).toEqual([path, 200])
  }
  const strict = Object.entries(document.paths).filter(
    ([path, { get }]) => get !== undefined && !deaf.includes(path),
  )
  for (const [path] of strict) {
    const url = daemon.server.url + path.replaceAll(/\{\w+\}/g, 'x')
    expect([path, (await fetch(`${url}?servcie=docs`)).status]).toEqual([path, 400])
  }
})

test('every path of the document has the methods of the daemon, and no other', async () => {
  for (const [path, operations] of Object.entries(document.paths)) {
    const response = await fetch(daemon.server.url + path.replace('{id}', 'x'), { method: 'PATCH' })
    const allowed = (response.headers.get('allow') ?? '').split(', ').filter((method) => method !== 'HEAD')
    expect([response.status, allowed.toSorted()]).toEqual([
      405,
      Object.keys(operations)
        .map((method) => method.toUpperCase())
        .toSorted(),
    ])
  }
})

const answered = SCENARIOS.filter(({ path }) => !/^\/(?:nope)?$/.test(path))

test.each(answered)('answers to $path are as described', async (scenario) => {
  await using fresh = await startDaemon({
    store: new FakeStore(),
    now: () => NOW,
    config: { dimensions: ['team'] },
  })
  scenario.given?.(fresh.store)
  const response = await fetch(fresh.server.url + scenario.path, {
    method: scenario.method ?? 'GET',
    headers: scenario.headers ?? {},
  })
  const answer: unknown = await response.json()
  const operation = operationOf(scenario.path)
  const described = operation.responses[String(response.status)] ?? operation.responses['default']
  const schema = described?.content?.['application/json']?.schema
  if (schema === undefined) throw new Error(`${response.status} of ${scenario.path} is not described`)
  const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(schema)
  validate(answer)
  expect(validate.errors ?? []).toEqual([])
  expect(fieldsNotDescribed(answer, schema, '')).toEqual([])
})

function operationOf(path: string): Operation {
  const [plain = ''] = path.split('?', 1)
  const isTrace = plain.startsWith('/api/v1/traces/') && document.paths[plain] === undefined
  const pattern = isTrace ? '/api/v1/traces/{id}' : plain
  const operation = Object.values(document.paths[pattern] ?? {})[0]
  if (operation === undefined) throw new Error(`${plain} is not described`)
  return operation
}

interface Described {
  properties?: Record<string, Described>
  additionalProperties?: Described | boolean
  items?: Described
  anyOf?: Described[]
}

/** A field that is answered but not described would be missing in a client made from the document. */
function fieldsNotDescribed(value: unknown, schema: Described, path: string): string[] {
  if (schema.anyOf !== undefined) return fieldsNotDescribed(value, schema.anyOf[0] ?? {}, path)
  if (Array.isArray(value))
    return value.flatMap((item) => fieldsNotDescribed(item, schema.items ?? {}, `${path}[]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, field]) => {
    const open = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
    const described = schema.properties?.[name] ?? open
    return described === undefined
      ? [`${path}.${name}`]
      : fieldsNotDescribed(field, described, `${path}.${name}`)
  })
}
