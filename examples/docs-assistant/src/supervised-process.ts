import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const attemptIntervalMs = 50
const logTailLines = 15

export interface SupervisedProcess {
  readonly pid: number | undefined
  readonly running: () => boolean
  /** Everything that it wrote so far. */
  readonly log: () => string
  /**
   * Tries until the condition holds.
   *
   * @throws Error with the end of the log if the process ends before that, or takes too long
   */
  readonly ready: (condition: () => Promise<boolean> | boolean, timeoutMs: number) => Promise<void>
  /** What to tell when the process is gone without being asked. */
  readonly obituary: () => string
  /** Asks it to end, and ends it when it does not. */
  readonly stop: (timeoutMs: number) => Promise<void>
  /** Ends it at once. */
  readonly kill: () => void
}

export interface SupervisedProcessOptions {
  /** For people. */
  readonly name: string
  /** Arguments of this Node. */
  readonly args: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** Everything that it writes goes here; started anew. */
  readonly logPath: string
}

/**
 * Starts a Node process that Ctrl-C does not reach: it gets a process group of its own, so that the order of
 * stopping is its supervisor's and not the terminal's.
 */
export function startSupervised(options: SupervisedProcessOptions): SupervisedProcess {
  const { name, args, environment, logPath } = options
  const logFile = openSync(logPath, 'w')
  const child = spawn(process.execPath, args, {
    env: environment,
    detached: true,
    stdio: ['ignore', logFile, logFile],
  })
  closeSync(logFile)

  const running = () => child.exitCode === null && child.signalCode === null
  const log = () => readFileSync(logPath, 'utf8')
  const obituary = () => {
    const tail = log().trimEnd().split('\n').slice(-logTailLines).join('\n')
    return `${name} ended (${child.signalCode ?? `exit code ${child.exitCode}`}). It wrote:\n${tail}`
  }
  return {
    pid: child.pid,
    running,
    log,
    obituary,
    ready: async (condition, timeoutMs) => {
      const deadlineMs = performance.now() + timeoutMs
      while (!(await condition())) {
        if (!running()) throw new Error(obituary())
        if (performance.now() > deadlineMs) {
          throw new Error(`${name} is not ready after ${timeoutMs / 1000} s; see ${logPath}.`)
        }
        await sleep(attemptIntervalMs)
      }
    },
    stop: async (timeoutMs) => {
      if (running()) await endProcess(child, timeoutMs)
    },
    kill: () => child.kill('SIGKILL'),
  }
}

async function endProcess(child: ChildProcess, timeoutMs: number): Promise<void> {
  const exited = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  child.kill('SIGTERM')
  await exited
  clearTimeout(timer)
}
