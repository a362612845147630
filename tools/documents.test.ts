/** The documents say what is so: links lead somewhere, and what ARCHITECTURE.md names exists. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

function markdownBelow(folder: string, recursive: boolean): string[] {
  return readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name))
}

function markdownFiles(): string[] {
  const readmes = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, 'README.md')),
  )
  return [
    ...markdownBelow('.', false),
    ...markdownBelow('docs', true),
    ...readmes.filter((file) => existsSync(join(root, file))),
  ]
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[^]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '')
}

/** Anchors of headings as GitHub makes them. Headings of one file differ here, so none needs a number. */
function anchorsOf(file: string): Set<string> {
  const headings = read(file)
    .replaceAll(/^```[^]*?^```$/gm, '')
    .matchAll(/^#{1,6} (.+)$/gm)
  const slugs = Array.from(headings, ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
  return new Set(slugs)
}

/** Why a link leads nowhere; undefined if it leads somewhere. Other sites are not asked. */
function complaintAbout(target: string, file: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined
  const [path = '', anchor] = target.split('#')
  const found = path === '' ? file : relative(root, join(root, dirname(file), path))
  if (!existsSync(join(root, found))) return `${target}: there is no ${found}`
  if (anchor === undefined || statSync(join(root, found)).isDirectory()) return undefined
  return anchorsOf(found).has(anchor) ? undefined : `${target}: ${found} has no heading for it`
}

test.each(markdownFiles())('links of %s lead somewhere', (file) => {
  const links = withoutCode(read(file)).matchAll(/\]\(([^)\s]+)\)/g)
  const complaints = Array.from(links, ([, target = '']) => complaintAbout(target, file))
  expect(complaints.filter((complaint) => complaint !== undefined)).toEqual([])
})

const architecture = read('ARCHITECTURE.md')

test('ARCHITECTURE.md is short enough to be read', () => {
  expect(architecture.split('\n').length).toBeLessThanOrEqual(300)
})

test('the files that ARCHITECTURE.md names exist', () => {
  const paths = Array.from(
    architecture.matchAll(/`((?:packages|e2e|tools|bench|examples)\/[^`]*)`/g),
    ([, path]) => path,
  )
  expect(paths.length).toBeGreaterThan(20)
  expect(paths.filter((path) => !existsSync(join(root, path ?? '')))).toEqual([])
})

test('every test that ARCHITECTURE.md quotes is in the file it names', () => {
  const text = architecture.replaceAll('\n', ' ')
  const citations = Array.from(text.matchAll(/`([^`]+\.test\.ts)` ("[^"]+"(?: and "[^"]+")*)/g))
  expect(citations.length).toBeGreaterThan(12)
  const missing = citations.flatMap(([, file = '', names = '']) =>
    Array.from(names.matchAll(/"([^"]+)"/g), ([, name = '']) => name).filter(
      (name) => !read(file).includes(name),
    ),
  )
  expect(missing).toEqual([])
})

test('every invariant of ARCHITECTURE.md names what enforces it', () => {
  const invariants = architecture.split(/\n\n/).filter((paragraph) => paragraph.startsWith('Invariant:'))
  expect(invariants.length).toBeGreaterThan(10)
  const unenforced = invariants.filter(
    (text) => !/\.test\.ts`|\.cjs`|\.oxlintrc\.json`|closed lists/.test(text),
  )
  expect(unenforced).toEqual([])
})
