/** What a daemon in the background tells the command that started it, over the channel between them. */
import type { CommandError } from './command-error.ts'
import { EXIT_CODES } from './exit-codes.ts'
import type { ExitName } from './exit-codes.ts'
import { isObject } from './probe.ts'

export type StartReport =
  | { report: 'started' }
  | { report: 'failed'; exit: ExitName; message: string; hint: string }

export function failureReport({ exit, message, hint }: CommandError): StartReport {
  return { report: 'failed', exit, message, hint }
}

/** @returns undefined if the message is none of ours */
export function readStartReport(value: unknown): StartReport | undefined {
  if (!isObject(value)) return undefined
  const { report, exit, message, hint } = value
  if (report === 'started') return { report }
  if (report !== 'failed' || typeof message !== 'string' || typeof hint !== 'string') return undefined
  const known = typeof exit === 'string' && Object.hasOwn(EXIT_CODES, exit)
  return { report, exit: known ? (exit as ExitName) : 'failure', message, hint }
}

/** Tells the parent, and closes the channel so that neither process waits for the other. Quiet without a parent. */
export function tellParent(report: StartReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) {
      resolve()
      return
    }
    process.send(report, () => {
      if (process.connected) process.disconnect()
      resolve()
    })
  })
}
