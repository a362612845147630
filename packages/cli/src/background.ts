/** Starts the daemon as a process of its own and waits until it answers, or until it says why it cannot. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CommandError } from './command-error.ts'
import { logSize, logTail, openLog, turnLogOver } from './log-file.ts'
import { readStartReport } from './start-report.ts'
import type { StartReport } from './start-report.ts'

/** Opening a large database after a crash takes seconds; a daemon that takes longer than this hangs. */
const START_TIMEOUT_MS = 120_000
const PATIENCE_MS = 5000
/** For a daemon that has said why it cannot start. */
const END_TIMEOUT_MS = 10_000
const TAIL_LINES = 20

/**
 * For glibc, which by default keeps an arena for each thread and gives little back: bodies come and go on three
 * threads. A tenth less memory at the same speed. Has to be set before a process starts; docs/deploy.md does the same
 * for daemons that others start.
 */
const ALLOCATOR = { MALLOC_ARENA_MAX: '2', MALLOC_TRIM_THRESHOLD_: '131072' }

export interface BackgroundStart {
  /** Arguments of Node: the script and what it is to do. */
  arguments: readonly string[]
  environment: Readonly<Record<string, string | undefined>>
  logPath: string
  progress: (line: string) => void
}

/** Resolves when the daemon has said that it runs. @throws CommandError with its reason if it does not */
export async function startInBackground(start: BackgroundStart): Promise<ChildProcess> {
  const log = openLog(start.logPath)
  turnLogOver(start.logPath)
  const logBegin = logSize(start.logPath)
  let child: ChildProcess
  try {
    child = spawn(process.execPath, start.arguments, {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
      env: { ...ALLOCATOR, ...start.environment },
      windowsHide: true,
    })
  } finally {
    closeSync(log)
  }
  // The user who gives up waiting does not want a daemon that starts nevertheless.
  const giveUp = () => {
    child.kill('SIGTERM')
    process.exit(130)
  }
  process.once('SIGINT', giveUp)
  process.once('SIGTERM', giveUp)
  try {
    const report = await firstReport(child, start.progress)
    if (report === undefined) throw deathNotice(child, start.logPath, logBegin)
    if (report.report === 'failed') {
      await ended(child)
      throw new CommandError(report.exit, report.message, report.hint)
    }
    return child
  } finally {
    process.off('SIGINT', giveUp)
    process.off('SIGTERM', giveUp)
    if (child.connected) child.disconnect()
    child.unref()
  }
}

/** @returns undefined if the process ended, or was ended, without a word */
async function firstReport(
  child: ChildProcess,
  progress: (line: string) => void,
): Promise<StartReport | undefined> {
  const done = new AbortController()
  const report = new Promise<StartReport | undefined>((resolve) => {
    child.on('message', (message) => {
      const read = readStartReport(message)
      if (read !== undefined) resolve(read)
    })
    // 'close' comes after the last message, 'exit' may come before it.
    child.once('close', () => resolve(undefined))
    child.once('error', ({ message }) => {
      const hint = `Check that ${process.execPath} can be run.`
      resolve({ report: 'failed', exit: 'failure', message: `No process: ${message}.`, hint })
    })
  })
  const tooLate = waitAndEnd(child, progress, done.signal)
  try {
    return await Promise.race([report, tooLate])
  } finally {
    done.abort()
  }
}

/** A start that failed leaves no process behind: whoever reads its error may try again at once. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const overdue = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS)
  await once(child, 'exit')
  clearTimeout(overdue)
}

/** Tells that it takes long, and at last ends a process that hangs: a start either succeeds or leaves nothing. */
async function waitAndEnd(
  child: ChildProcess,
  progress: (line: string) => void,
  done: AbortSignal,
): Promise<undefined> {
  for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += PATIENCE_MS) {
    await sleep(PATIENCE_MS, undefined, { signal: done }).catch(() => {})
    if (done.aborted) return undefined
    progress(`Still opening the database after ${(waitedMs + PATIENCE_MS) / 1000} s …`)
  }
  child.kill('SIGKILL')
  return undefined
}

function deathNotice(child: ChildProcess, logPath: string, logBegin: number): CommandError {
  const tail = logTail(logPath, logBegin, TAIL_LINES)
  if (child.exitCode === null && child.signalCode === null) {
    return new CommandError(
      'unresponsive',
      `The daemon did not answer within ${START_TIMEOUT_MS / 1000} s and was ended.${quote(tail)}`,
      `See its log: ${logPath}`,
    )
  }
  const how = child.signalCode === null ? `with status ${child.exitCode}` : `by ${child.signalCode}`
  return new CommandError(
    'failure',
    `The daemon ended ${how} while it was starting.${quote(tail)}`,
    `See its log: ${logPath}`,
  )
}

function quote(tail: string): string {
  return tail === '' ? '' : `\n${tail.replaceAll(/^/gm, '  | ')}`
}
