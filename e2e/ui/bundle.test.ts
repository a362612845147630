/** What a browser has to fetch before the first page is there: the built files, as they are sent. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../packages/server/dist/ui')
const INITIAL_BYTES_MAX = 350_000

interface Chunk {
  file: string
  isEntry?: boolean
  imports?: string[]
}

const manifest = JSON.parse(readFileSync(join(folder, '.vite/manifest.json'), 'utf8')) as Record<
  string,
  Chunk
>

/** A chunk and everything it imports at once. */
function withImports(name: string, seen = new Set<string>()): Set<string> {
  if (!seen.has(name)) {
    seen.add(name)
    for (const imported of manifest[name]?.imports ?? []) withImports(imported, seen)
  }
  return seen
}

const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry === true) ?? ''
const initial = Array.from(withImports(entry), (name) => manifest[name]?.file ?? '')
const gzipBytes = (file: string) => gzipSync(readFileSync(join(folder, file)), { level: 9 }).length

test(`the initial JavaScript is at most ${INITIAL_BYTES_MAX / 1000} kB compressed by gzip`, () => {
  const bytes = initial.reduce((sum, file) => sum + gzipBytes(file), 0)
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes).toBeLessThanOrEqual(INITIAL_BYTES_MAX)
})

test('charts are not part of it', () => {
  const charts = readdirSync(join(folder, 'assets')).filter((name) => /^charts-.*\.js$/.test(name))
  expect(charts).toHaveLength(1)
  expect(initial).not.toContain(`assets/${charts[0]}`)
})

test('nothing names another host', () => {
  const sent = readdirSync(join(folder, 'assets')).filter((name) => /\.(?:js|css)$/.test(name))
  for (const name of sent) {
    const text = readFileSync(join(folder, 'assets', name), 'utf8')
    expect([
      name,
      text.match(/(?:src|href|url)\s*[=(:]\s*["'`]?https?:\/\/(?!www\.w3\.org)[^"'`)\s]+/g),
    ]).toEqual([name, null])
  }
})
