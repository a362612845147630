/**
 * Completes `tsc -b`: copies what is not TypeScript (SQL files and the like) from src to dist, and deletes what
 * has no source any more, since tsc never deletes and a stale file would be published.
 */
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

function finishPackage(folder: string): void {
  const source = join(folder, 'src')
  const output = join(folder, 'dist')
  const assets = filesBelow(source).filter((file) => !/\.tsx?$/.test(file))
  for (const asset of assets) cpSync(join(source, asset), join(output, asset))

  for (const file of filesBelow(output)) {
    // The web application and the note of what it was built from: tools/build-ui.ts looks after both. Runbooks: see below.
    if (/^(?:ui[/\\]|runbooks[/\\]|\.ui-sources$)/.test(file)) continue
    const stem = file.replace(/(\.d\.ts|\.js)(\.map)?$/, '')
    const expected =
      file === '.tsbuildinfo' || assets.includes(file) || existsSync(join(source, `${stem}.ts`))
    if (!expected) rmSync(join(output, file))
  }
}

for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name)
  if (existsSync(join(folder, 'tsconfig.build.json'))) finishPackage(folder)
}

// The daemon shows runbooks beside its alerts.
const runbooks = join(root, 'packages/server/dist/runbooks')
rmSync(runbooks, { recursive: true, force: true })
cpSync(join(root, 'docs/runbooks'), runbooks, { recursive: true })
