/** Which file a name leads to. */
import { statSync } from 'node:fs'

/**
 * Tells a file from every other one, whatever it is called.
 * @returns null if there is none, undefined if the system does not say
 */
export function identityOfFile(path: string): string | null | undefined {
  try {
    // Numbers of files can be larger than what a double holds.
    const { dev, ino } = statSync(path, { bigint: true })
    return `${dev}:${ino}`
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : undefined
  }
}
