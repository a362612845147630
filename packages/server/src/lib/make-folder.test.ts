import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-folder-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('makeFolder makes every folder that is missing, for its owner only, and leaves those that are there', () => {
  const mode = statSync(folder).mode
  makeFolder(join(folder, 'a', 'b'))
  makeFolder(join(folder, 'a', 'b'))
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700)
  expect(statSync(join(folder, 'a', 'b')).mode & 0o777).toBe(0o700)
  expect(statSync(folder).mode).toBe(mode)
})

test('makeFolder takes a link to a folder for one, and neither a file nor a link to nothing', () => {
  symlinkSync(folder, join(folder, 'link'))
  makeFolder(join(folder, 'link', 'below'))
  expect(existsSync(join(folder, 'below'))).toBe(true)
  writeFileSync(join(folder, 'file'), '')
  symlinkSync(join(folder, 'missing'), join(folder, 'dangling'))
  for (const name of ['file', 'file/below', 'dangling', 'dangling/below']) {
    expect(() => makeFolder(join(folder, name))).toThrow(/EEXIST|ENOTDIR/)
  }
})

test.skipIf(!existsSync('/proc/self'))('makeFolder where nothing can be made throws, and returns', () => {
  expect(() => makeFolder('/proc/no-such-process/home')).toThrow(/ENOENT|EACCES|EPERM/)
})
