/** The public types of a package as one text, so that a review sees every change of a signature. */
import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const comment = /^[ \t]*\/\*\*[\s\S]*?\*\/\n|^\/\/# sourceMappingURL.*\n?/gm
const relativeSpecifier = /(?:from|import\()\s*["'](\.{1,2}\/[^"']+)\.(?:ts|js)["']/g

/**
 * Concatenates the declaration files that can be reached from one, each once, without comments.
 *
 * @param entry a compiled declaration file, such as `packages/core/dist/index.d.ts`
 */
export function apiReport(entry: string): string {
  const files = [entry]
  const sections: string[] = []
  // The list grows while it is walked: breadth first, in the order of the imports.
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    for (const [, path = ''] of text.matchAll(relativeSpecifier)) {
      const found = join(dirname(file), `${path}.d.ts`)
      if (!files.includes(found)) files.push(found)
    }
    sections.push(`// ${relative(dirname(entry), file)}\n${text.replace(comment, '')}`)
  }
  return sections.join('\n')
}
