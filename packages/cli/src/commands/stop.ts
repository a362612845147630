/** `ragmeter stop`: ends the daemon of this home folder, and nothing else. */
import { setTimeout as sleep } from 'node:timers/promises'
import { identityOfFile } from '@ragmeter/server'
import { absence, ANSWER_TIMEOUT_MS } from '../ask-daemon.ts'
import { CommandError, messageOf, systemCodeOf } from '../command-error.ts'
import { findDaemon } from '../find-daemon.ts'
import type { Finding } from '../find-daemon.ts'
import { formatSeconds } from '../format.ts'
import type { CommandResult, Notice } from '../output.ts'
import { compareProcess } from '../process-identity.ts'
import { removeRecord } from '../state-file.ts'
import type { DaemonRecord } from '../state-file.ts'
import type { CommandContext } from './context.ts'

/** The daemon gives requests under way 10 seconds; the rest is for closing a large database on a slow disk. */
const GRACEFUL_MS = 30_000
/** With --force it gets this long before it is killed. */
const FORCE_AFTER_MS = 5000
const KILL_MS = 5000
const POLL_MS = 25

export interface StopOptions {
  /** Kill the process if it does not end by itself. */
  force: boolean
}

export async function stop(context: CommandContext, options: StopOptions): Promise<CommandResult> {
  const { folder, token } = context
  const finding = await findDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const record = requireProcess(finding, folder)
  const began = performance.now()
  context.terminal.progress(`Stopping ragmeter (pid ${record.pid}) …`)
  signal(record, 'SIGTERM')
  let killed = false
  if (!(await hasEnded(record, options.force ? FORCE_AFTER_MS : GRACEFUL_MS, context))) {
    if (!options.force) throw stillThere(record)
    context.terminal.progress('It does not end by itself: killing it.')
    killed = true
    signal(record, 'SIGKILL')
    if (!(await hasEnded(record, KILL_MS, context))) throw stillThere(record)
  }
  // A daemon that ends by itself takes its record along.
  removeRecord(folder, { state: 'present', record })
  const seconds = (performance.now() - began) / 1000
  const how = killed ? 'Killed' : 'Stopped'
  const stopped = `${how} ragmeter (pid ${record.pid}) after ${formatSeconds(seconds)}.`
  const loss = findLoss(record)
  return {
    data: { state: 'stopped', pid: record.pid, killed, seconds },
    text: loss === undefined ? `${stopped} What it acknowledged is on disk.` : stopped,
    warnings: loss === undefined ? [] : [loss],
  }
}

/** A file that is deleted while the daemon has it open fails no write, and is gone when the daemon ends. */
function findLoss({ db, dbFile }: DaemonRecord): Notice | undefined {
  const found = identityOfFile(db)
  if (dbFile === null || found === undefined || found === dbFile) return undefined
  return {
    code: 'database_lost',
    message:
      found === null
        ? `Its database ${db} was deleted or moved away while it ran: what it acknowledged is not there.`
        : `Its database ${db} was replaced by another file while it ran: what it acknowledged is not in there.`,
    hint: 'If the file was moved, move it back before the next start; if not, restore a backup.',
  }
}

/** The record of a process that is proven to be ours. @throws CommandError for every other case */
function requireProcess(finding: Finding, folder: string): DaemonRecord {
  switch (finding.state) {
    case 'stopped':
      throw absence(finding)
    case 'stale':
      removeRecord(folder, finding.left)
      throw new CommandError(
        'not_running',
        `ragmeter is not running. ${finding.reason}`,
        'Nothing was stopped; the state file that was left over is removed.',
      )
    case 'elsewhere':
      throw new CommandError(
        'denied',
        `The daemon answers at ${finding.record.url}, but it runs in another container or on another machine.`,
        'Stop it where it runs.',
      )
    case 'locked':
      // Its answer would be the only proof where the system does not tell when a process began.
      if (compareProcess(finding.record.pid, finding.record.processStart) !== 'same') throw absence(finding)
      return finding.record
    default:
      return finding.record
  }
}

function signal(record: DaemonRecord, name: 'SIGTERM' | 'SIGKILL'): void {
  // The process may have ended since it was looked at, and its number may be another's.
  const sameness = compareProcess(record.pid, record.processStart)
  if (sameness === 'gone' || sameness === 'other') return
  try {
    process.kill(record.pid, name)
  } catch (error) {
    if (systemCodeOf(error) === 'ESRCH') return
    throw new CommandError(
      'denied',
      `Process ${record.pid} cannot be stopped: ${messageOf(error)}.`,
      'Stop it as the user who started it, or as root.',
      error,
    )
  }
}

async function hasEnded(
  record: DaemonRecord,
  limitMs: number,
  { terminal }: CommandContext,
): Promise<boolean> {
  const began = performance.now()
  let secondsTold = 0
  for (;;) {
    const sameness = compareProcess(record.pid, record.processStart)
    if (sameness === 'gone' || sameness === 'other') return true
    const waitedMs = performance.now() - began
    if (waitedMs > limitMs) return false
    const seconds = Math.floor(waitedMs / 1000)
    if (seconds >= secondsTold + 5) {
      secondsTold = seconds
      terminal.progress(`Still stopping after ${seconds} s: it finishes the requests under way.`)
    }
    await sleep(POLL_MS)
  }
}

function stillThere(record: DaemonRecord): CommandError {
  return new CommandError(
    'unresponsive',
    `ragmeter (pid ${record.pid}) has been told to stop and is still there.`,
    'Wait, or kill it with: ragmeter stop --force (what it acknowledged is on disk)',
  )
}
