import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OPTIONS } from './options.ts'
import { SDK_NAME, SDK_VERSION } from './version.ts'

const root = join(import.meta.dirname, '..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

/** The row of an option in the table of the README. */
function row({ name, env, unit, doc, default: value }: (typeof OPTIONS)[number]): string {
  const text = Array.isArray(value) && value.length === 0 ? 'none' : String(value ?? 'none')
  const shown = `${typeof value === 'string' ? value : text}${unit === undefined || value === undefined ? '' : ` ${unit}`}`
  return `| \`${name}\` | \`${env}\` | ${shown} | ${doc} |`
}

const squeezed = (text: string) => text.replaceAll(/ +/g, ' ')

test('the README lists every option, and no other', () => {
  const rows = squeezed(readme)
    .split('\n')
    .filter((line) => /^\| `\w+` \| `RAGMETER_/.test(line))
  expect(rows).toEqual(OPTIONS.map((option) => squeezed(row(option))))
})

test('every option has a variable of its own, made from its name', () => {
  for (const { name, env } of OPTIONS) {
    expect(env).toBe(`RAGMETER_${name.replaceAll(/([A-Z]|1k)/g, '_$1').toUpperCase()}`)
  }
})

test('name and version are those of the package', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
  expect([SDK_NAME, SDK_VERSION]).toEqual([manifest['name'], manifest['version']])
})
