import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { apiReport } from './api-report.ts'

const root = join(import.meta.dirname, '..')
const packages = readdirSync(join(root, 'packages'))
  .map((name) => ({ name, entry: join(root, 'packages', name, 'dist/index.d.ts') }))
  .filter(({ entry }) => existsSync(entry))

describe('public types', () => {
  it.for(packages)(
    'of $name are those written down in api/ (npm run api writes them anew)',
    async ({ name, entry }) => {
      await expect(apiReport(entry)).toMatchFileSnapshot(join(root, 'api', `${name}.d.ts.txt`))
    },
  )
})

describe('apiReport', () => {
  const folder = mkdtempSync(join(tmpdir(), 'api-report-'))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('follows re-exports and inline imports once each, and leaves out comments', () => {
    const write = (file: string, text: string): void => writeFileSync(join(folder, file), text)
    write(
      'index.d.ts',
      `/** What it is. */\nexport { a } from './a.ts';\nexport type B = import('./b.ts').B;\n`,
    )
    write('a.d.ts', `import type { B } from './b.ts';\n/**\n * Two lines.\n */\nexport declare const a: B;\n`)
    write('b.d.ts', `export type B = 'b';\n//# sourceMappingURL=b.d.ts.map\n`)
    write('unreachable.d.ts', `export type C = 'c';\n`)

    expect(apiReport(join(folder, 'index.d.ts'))).toBe(
      [
        `// index.d.ts\nexport { a } from './a.ts';\nexport type B = import('./b.ts').B;\n`,
        `// a.d.ts\nimport type { B } from './b.ts';\nexport declare const a: B;\n`,
        `// b.d.ts\nexport type B = 'b';\n`,
      ].join('\n'),
    )
  })
})
