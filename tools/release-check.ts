/**
 * Looks at the packages as their users will get them: packs each, checks the manifest and the types, then installs
 * the tarballs in an empty folder, imports every entry point and starts the command line.
 * Needs a build, and the registry for the dependencies.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports: Record<string, unknown>
  readonly bin?: Record<string, string>
}

const root = join(import.meta.dirname, '..')

function readManifest(folder: string): Manifest {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return manifest as Manifest
}

function run(command: string, commandArguments: readonly string[], folder: string): void {
  console.log(`\n$ ${command} ${commandArguments.join(' ')}`)
  execFileSync(command, commandArguments, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** The import specifiers of a package: "." and "./testing", not "./package.json". */
function entryPoints(manifest: Manifest): string[] {
  const paths = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'))
  return paths.map((path) => manifest.name + path.slice(1))
}

function checkPackage(folder: string, packed: string): string {
  const manifest = readManifest(folder)
  run('npx', ['publint', 'run', folder, '--strict'], root)
  run('npm', ['pack', '--silent', '--pack-destination', packed], folder)
  const tarball = join(packed, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`)
  if (entryPoints(manifest).length > 0) run('npx', ['attw', tarball, '--profile', 'esm-only'], root)
  return tarball
}

function tryInstalled(manifests: readonly Manifest[], tarballs: readonly string[], folder: string): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  run('npm', ['install', '--no-audit', '--no-fund', ...tarballs], folder)
  for (const manifest of manifests) {
    for (const specifier of entryPoints(manifest)) {
      run('node', ['--input-type=module', '--eval', `await import('${specifier}')`], folder)
    }
    for (const bin of Object.keys(manifest.bin ?? {}))
      run(`./node_modules/.bin/${bin}`, ['--version'], folder)
  }
}

const folders = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => readManifest(folder).private !== true)
const manifests = folders.map(readManifest)
const versions = new Set(manifests.map((manifest) => manifest.version))
if (versions.size > 1)
  throw new Error(`packages differ in version (${[...versions].join(', ')}): they go out together`)

const packed = mkdtempSync(join(tmpdir(), 'ragmeter-release-'))
try {
  const tarballs = folders.map((folder) => checkPackage(folder, packed))
  tryInstalled(manifests, tarballs, packed)
  console.log(`\n${manifests.map((manifest) => `${manifest.name}@${manifest.version}`).join(', ')}: ready`)
} finally {
  rmSync(packed, { recursive: true, force: true })
}
