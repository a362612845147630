/** The path of a request is visible in the tree: each stage is a folder whose entry file says where it stands. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { STAGES } from '../src/metrics/self-catalogue.ts'

const source = new URL('../src/', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, source), 'utf8')

const FOLDERS = [
  ['ingest', '1'],
  ['enrich', '2'],
  ['store', '3'],
  ['rollup', '4'],
  ['metrics', '5a'],
  ['alerts', '5b'],
  ['api', '5c'],
] as const

test.each(FOLDERS)('%s/ has an entry file that says it is stage %s', (folder, stage) => {
  expect(read(`${folder}/${folder}.ts`)).toMatch(new RegExp(`^/\\*\\*\\s+(?:\\* )?Stage ${stage}\\b`))
})

test('no other folder is a stage', () => {
  const folders = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const known = [...FOLDERS.map(([folder]) => folder), 'lib', 'threads', 'web']
  expect(folders.map(({ name }) => name).toSorted()).toEqual(known.toSorted())
})

test('server.ts wires the stages in their order, and each reports on itself', () => {
  const wiring = read('server.ts')
  const positions = STAGES.map((stage) => wiring.indexOf(`self.stage('${stage}')`))
  expect(positions).toEqual(positions.toSorted((a, b) => a - b))
  expect(Math.min(...positions)).toBeGreaterThan(0)
  for (const stage of STAGES) expect(existsSync(new URL(stage, source))).toBe(true)
})
