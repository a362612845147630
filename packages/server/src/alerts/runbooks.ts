/** The runbooks of alerts, as they are shipped with the daemon. */
import { readFile } from 'node:fs/promises'
import { RagmeterError } from '@ragmeter/core'

/** Where tools/finish-build.ts puts them: in dist, whether this file runs from src or from dist. */
const FOLDER = new URL('../../dist/runbooks/', import.meta.url)

/** @returns Markdown @throws RagmeterError `not_found` */
export async function readRunbook(name: string): Promise<string> {
  const missing = (cause?: unknown) =>
    new RagmeterError('not_found', `there is no runbook ${JSON.stringify(name.slice(0, 64))}`, { cause })
  // A name, never a path.
  if (!/^Rag[A-Za-z]{1,60}$/.test(name)) throw missing()
  try {
    return await readFile(new URL(`${name}.md`, FOLDER), 'utf8')
  } catch (error) {
    throw missing(error)
  }
}
