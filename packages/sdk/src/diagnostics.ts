/** How the client speaks about itself: never by throwing into the application, never by its logger. */

export interface Diagnostic {
  /** Stable name of what happened. */
  readonly code:
    | 'option_invalid'
    | 'prices_unavailable'
    | 'batch_rejected'
    | 'batch_dropped'
    | 'daemon_unreachable'
    | 'spool_failed'
    | 'merge_skipped'
    | 'internal'
  /** What happened, where, and what was there. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
}

/** @example onDiagnostic: ({ message, hint }) => logger.warn(`${message} ${hint}`) */
export type DiagnosticListener = (diagnostic: Diagnostic) => void

/** A listener of the application must not break what it listens to. */
export function guardedListener(listener: DiagnosticListener): DiagnosticListener {
  return (diagnostic) => {
    try {
      listener(diagnostic)
    } catch {
      // There is nobody left to tell.
    }
  }
}

export function printDiagnostic(diagnostic: Diagnostic): void {
  process.stderr.write(`ragmeter: ${diagnostic.message} ${diagnostic.hint}\n`)
}
