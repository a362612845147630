/** Makes the folders that files lie in. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const OWNER_ONLY = 0o700

/**
 * Makes a folder and those above it that are missing; one that is there stays as it is. `mkdirSync` with `recursive`
 * never returns where a folder exists in which nothing can be made, as below /proc (Node 20).
 *
 * @param mode of the folders it makes
 * @throws the error of the system
 */
export function makeFolder(path: string, mode: number = OWNER_ONLY): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent, mode)
  try {
    mkdirSync(path, mode)
  } catch (error) {
    // Another process may have been faster.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error
  }
}
