/**
 * Runs the benchmarks: every `*.bench.ts` beside the code and in bench/, each in a process of its own so that one
 * cannot warm or litter the heap of the next. `npm run bench -- histogram` runs those with that word in the path.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

const root = join(import.meta.dirname, '..')
const word = process.argv[2] ?? ''

const files = ['packages', 'bench']
  .map((folder) => join(root, folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.bench.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((file) => !file.includes('node_modules') && file.includes(word))
  .sort()

if (files.length === 0) {
  console.error(`No benchmark has "${word}" in its path. List them: git ls-files '*.bench.ts'`)
  process.exitCode = 1
}
for (const file of files) {
  console.log(`\n# ${file}`)
  const nodeArguments = ['--expose-gc', '--import', 'tsx', '--conditions=ragmeter-src', file]
  const { status } = spawnSync(process.execPath, nodeArguments, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}
