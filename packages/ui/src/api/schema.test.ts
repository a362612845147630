import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ui = join(import.meta.dirname, '../..')

test(
  'the types of the client follow from the OpenAPI document; after a change: npm run api -w packages/ui',
  { timeout: 30_000 },
  () => {
    const generated = execFileSync(
      join(ui, 'node_modules/.bin/openapi-typescript'),
      ['../server/test/golden/openapi.json'],
      {
        cwd: ui,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    expect(readFileSync(join(ui, 'src/api/schema.gen.ts'), 'utf8').trim()).toBe(generated.trim())
  },
)
