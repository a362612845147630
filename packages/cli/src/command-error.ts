/** An expected failure of a command: what happened, what to do now, and how the process ends. */
import type { ExitName } from './exit-codes.ts'

export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exit: ExitName
  /** The remedy, as a sentence. */
  readonly hint: string

  constructor(exit: ExitName, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.exit = exit
    this.hint = hint
  }
}

/** The `code` of an error of Node: `ENOENT`, `EADDRINUSE` and the like; '' for anything else. */
export function systemCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** What an unknown thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
