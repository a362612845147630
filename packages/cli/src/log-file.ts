/** The log of a daemon in the background: appended to, bounded, readable by its owner only. */
import { closeSync, copyFileSync, fstatSync, ftruncateSync, openSync, readFileSync } from 'node:fs'

/** Above it the log moves to `daemon.log.1`, over the one that is there: two such files is all it takes. */
const LOG_BYTES_MAX = 16 * 1024 * 1024

/** Opens the log for a process to be started. The caller closes it. */
export function openLog(path: string): number {
  // Append mode: whoever truncates the file, the next line goes to its end.
  return openSync(path, 'a', 0o600)
}

/**
 * Starts the log anew if it is over the limit. Copied and truncated instead of renamed, since the daemon and its
 * threads keep writing to the file they were started with.
 *
 * @returns whether it was
 */
export function turnLogOver(path: string, bytesMax: number = LOG_BYTES_MAX): boolean {
  const file = openSync(path, 'r+')
  try {
    if (fstatSync(file).size <= bytesMax) return false
    copyFileSync(path, `${path}.1`)
    ftruncateSync(file)
    return true
  } finally {
    closeSync(file)
  }
}

/** The last lines of a log from a position on; '' if it cannot be read. */
export function logTail(path: string, fromByte: number, lines: number): string {
  try {
    const text = readFileSync(path).subarray(fromByte).toString('utf8').trimEnd()
    return text.split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}

export function logSize(path: string): number {
  try {
    const file = openSync(path, 'r')
    try {
      return fstatSync(file).size
    } finally {
      closeSync(file)
    }
  } catch {
    return 0
  }
}
