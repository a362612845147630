import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { chunkMarkdown } from './markdown-chunks.ts'
import type { Chunk } from './markdown-chunks.ts'

/** Documentation beyond this is a sign of a wrong directory. */
const filesMax = 500
const rootFiles = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md']

/**
 * Reads ragmeter's own documentation: the Markdown files at the repository's root, below `docs/`, and each
 * package's README, in a fixed order.
 *
 * @throws Error if `root` holds no documentation or far too much of it
 */
export async function readCorpus(root: string): Promise<Chunk[]> {
  const paths = await documentationPaths(root)
  if (paths.length === 0) {
    throw new Error(`No documentation found in ${root}. Give the root of a ragmeter checkout with --root.`)
  }
  if (paths.length > filesMax) {
    throw new Error(
      `${root} holds ${paths.length} Markdown files, more than ${filesMax}: is it a ragmeter checkout?`,
    )
  }
  const files = await Promise.all(
    paths.map(async (path) => chunkMarkdown(path, await readFile(join(root, path), 'utf8'))),
  )
  return files.flat()
}

async function documentationPaths(root: string): Promise<string[]> {
  const [atRoot, docs, packages] = await Promise.all([
    entries(root),
    entries(join(root, 'docs'), { recursive: true }),
    entries(join(root, 'packages')),
  ])
  const readmes = await Promise.all(
    packages.map(async (name) => {
      const files = await entries(join(root, 'packages', name))
      return files.includes('README.md') ? [`packages/${name}/README.md`] : []
    }),
  )
  return [
    ...rootFiles.filter((name) => atRoot.includes(name)),
    ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`),
    ...readmes.flat(),
  ].toSorted()
}

/** A folder that is not there has no entries. */
async function entries(folder: string, { recursive = false } = {}): Promise<string[]> {
  try {
    return await readdir(folder, { recursive })
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return []
    throw error
  }
}
