/** What becomes of output that cannot be written: a reader that has gone is no failure, a full disk is one. */
import { CommandError, messageOf, systemCodeOf } from './command-error.ts'
import { exitCodeOf } from './exit-codes.ts'

/** Standard output or standard error, as far as its errors go. */
export interface OutputStream {
  on(event: 'error', listener: (error: Error) => void): unknown
}

export interface OutputWatch {
  /** The code to end with, given that of the command. */
  exitCodeAfter(code: number): number
}

/**
 * Without a listener Node ends the process with a stack trace.
 *
 * @param report called once if standard output cannot be written
 * @param setExitCode called then too, since errors of a stream may come after the command has ended
 */
export function watchOutput(
  stdout: OutputStream,
  stderr: OutputStream,
  report: (failure: CommandError) => void,
  setExitCode: (code: number) => void,
): OutputWatch {
  let isOver = false
  let failure: CommandError | undefined
  // There is no place left to tell of it.
  stderr.on('error', () => {})
  stdout.on('error', (error) => {
    if (isOver) return
    isOver = true
    // `| head` has read enough: that is what it is for.
    if (systemCodeOf(error) === 'EPIPE') return
    failure = outputFailure(error)
    report(failure)
    setExitCode(exitCodeOf(failure.exit))
  })
  return { exitCodeAfter: (code) => (failure === undefined ? code : exitCodeOf(failure.exit)) }
}

function outputFailure(error: Error): CommandError {
  const remedy = ['ENOSPC', 'EDQUOT'].includes(systemCodeOf(error))
    ? 'Free space where it goes to, or send it elsewhere. The command itself was carried out.'
    : 'Send it elsewhere. The command itself was carried out.'
  return new CommandError('failure', `The output could not be written: ${messageOf(error)}.`, remedy, error)
}
