import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identityOfFile } from '../../lib/file-identity.ts'
import { watchFiles } from './watch-files.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-identity-'))
  path = join(folder, 'ragmeter.db')
  for (const suffix of ['', '-wal']) writeFileSync(path + suffix, 'x')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('identityOfFile is of the file, whatever it is called, and null where there is none', () => {
  const link = join(folder, 'link.db')
  symlinkSync(path, link)
  expect(identityOfFile(link)).toBe(identityOfFile(path))
  expect(identityOfFile(`${path}-wal`)).not.toBe(identityOfFile(path))
  expect([identityOfFile(join(folder, 'none')), identityOfFile(join(path, 'none'))]).toEqual([null, null])
})

test('identityOfFile of a name that the system refuses to look up is unknown', () => {
  expect(identityOfFile(join(folder, 'x'.repeat(300)))).toBeUndefined()
})

test('watchFiles finds nothing while both files are there, whatever is written to them', () => {
  const findLoss = watchFiles(path)
  writeFileSync(path, 'something else')
  expect(findLoss()).toBeNull()
})

test.each(['', '-wal'])(
  'watchFiles finds ragmeter.db%s deleted, moved away and replaced, until it is back',
  (suffix) => {
    const findLoss = watchFiles(path)
    const file = path + suffix
    renameSync(file, join(folder, 'away'))
    expect(findLoss()).toMatch(/ has been deleted or moved away .* until it is back in its place, or/)
    expect(findLoss()).toContain(file)
    writeFileSync(file, 'x')
    expect(findLoss()).toContain(`${file} has been replaced by another`)
    renameSync(join(folder, 'away'), file)
    expect(findLoss()).toBeNull()
  },
)

test('watchFiles finds that the whole folder is moved away', () => {
  const findLoss = watchFiles(path)
  const away = `${folder}-away`
  renameSync(folder, away)
  expect(findLoss()).toContain('moved away')
  mkdirSync(folder)
  expect(findLoss()).toContain('moved away')
  rmSync(folder, { recursive: true })
  renameSync(away, folder)
  expect(findLoss()).toBeNull()
})
