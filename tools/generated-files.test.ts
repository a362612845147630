import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generatedFiles } from './generated-files.ts'

const root = join(import.meta.dirname, '..')

test.each([...generatedFiles()])('%s is what `npm run ops` makes', (path, text) => {
  expect(existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined).toBe(text)
})
