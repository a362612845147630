/**
 * Builds the web application into the package of the server, with each file compressed beforehand. Skipped where
 * nothing changed since the last build. `--force` builds anyway.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const source = join(root, 'packages/ui')
const output = join(root, 'packages/server/dist/ui')
/** Digest of what the last build was made from. */
const stamp = join(root, 'packages/server/dist/.ui-sources')
const SOURCES = ['packages/ui', 'packages/core/src', 'package-lock.json', 'tools/build-ui.ts']
/** Below that a compressed file costs more than it saves. */
const COMPRESSED_BYTES_MIN = 1024

function filesBelow(path: string): string[] {
  const absolute = join(root, path)
  const entries = readdirSync(absolute, { withFileTypes: true })
  return entries
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]))
}

function digestOfSources(): string {
  const hash = createHash('sha256')
  const files = SOURCES.flatMap((path) => (/\.\w+$/.test(path) ? [path] : filesBelow(path)))
  for (const file of files.filter((name) => !/\.test\.tsx?$/.test(name)).toSorted()) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

function compress(file: string): void {
  const content = readFileSync(file)
  if (content.length < COMPRESSED_BYTES_MIN) return
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
  const parameters = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  }
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: parameters }))
}

function buildUi(): void {
  const digest = digestOfSources()
  const isCurrent =
    existsSync(join(output, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
  if (isCurrent && !process.argv.includes('--force')) return
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
    {
      cwd: source,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  for (const name of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
    if (/\.(?:js|css|svg)$/.test(name)) compress(join(output, name))
  }
  writeFileSync(stamp, digest)
}

buildUi()
