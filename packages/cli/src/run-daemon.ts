/** The daemon in this process: from the checks before it listens to the removal of its state file. */
import { identityOfFile, startServer } from '@ragmeter/server'
import type { RunningServer, ServerConfig } from '@ragmeter/server'
import { absence, ANSWER_TIMEOUT_MS } from './ask-daemon.ts'
import { CommandError } from './command-error.ts'
import { findDaemon } from './find-daemon.ts'
import type { Finding } from './find-daemon.ts'
import { localUrl } from './local-url.ts'
import { turnLogOver } from './log-file.ts'
import { probe } from './probe.ts'
import { compareProcess, lookUpProcess } from './process-identity.ts'
import { explainStartFailure } from './start-failure.ts'
import { claimState, makeStateFolder, removeRecord } from './state-file.ts'
import type { DaemonRecord, StateReading } from './state-file.ts'
import { exitCodeOfSignal, listenForStop } from './stop-signals.ts'
import type { StopSignal } from './stop-signals.ts'

const LOG_CHECK_INTERVAL_MS = 30_000
/** Whatever still holds the process after everything is closed does not hold it for longer than this. */
const LINGER_MS = 5000

export interface DaemonRun {
  config: ServerConfig
  /** The log that standard output goes to, if the daemon was started in the background. */
  outputLog: string | null
  version: string
  /** Called once the daemon answers and can be found. */
  onStarted: (record: DaemonRecord) => Promise<void>
  /** Called with the first signal. */
  onStopping: (signal: string) => void
}

/** Runs until a signal asks it to stop. @throws CommandError if it cannot start, or its database's thread ends */
export async function runDaemon(run: DaemonRun): Promise<void> {
  const { config, outputLog } = run
  // From the first moment: a signal during the start must not leave half a daemon.
  const signals = listenForStop(process, outputLog !== null, (code) => process.exit(code))
  try {
    makeStateFolder(config.home)
    await refuseSecond(config)
    const server = await start(config, signals.requested)
    let record: DaemonRecord
    try {
      record = await claim(run, server)
    } catch (error) {
      await server.close()
      throw error
    }
    const logTimer = outputLog === null ? undefined : watchLog(outputLog)
    await run.onStarted(record)
    const failure = await Promise.race([
      signals.requested.then((signal) => run.onStopping(signal)),
      server.failed,
    ])
    await server.close()
    clearInterval(logTimer)
    removeRecord(config.home, { state: 'present', record })
    setTimeout(() => process.exit(), LINGER_MS).unref()
    if (failure !== undefined) throw storageFailure(failure)
  } finally {
    signals.release()
  }
}

function storageFailure(cause: Error): CommandError {
  return new CommandError(
    'storage_failed',
    `The thread of the database ended: ${cause.message}`,
    'What was acknowledged is on disk. Start ragmeter again, best under a supervisor that does so by itself.',
    cause,
  )
}

async function refuseSecond({ home, token }: ServerConfig): Promise<void> {
  const finding = await findDaemon({ folder: home, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const refusal = refusalToStart(finding)
  if (refusal !== undefined) throw refusal
  if (finding.state === 'stale') removeRecord(home, finding.left)
}

/** Why no daemon can be started beside what was found; undefined if one can. */
export function refusalToStart(finding: Finding): CommandError | undefined {
  if (finding.state === 'stopped' || finding.state === 'stale') return undefined
  if (finding.state === 'unresponsive' || finding.state === 'stopping') return absence(finding)
  const { pid, url } = finding.record
  return new CommandError(
    'already_running',
    `ragmeter is running already (pid ${pid}) at ${url}.`,
    'Use it, or stop it with: ragmeter stop. A second one needs its own --home and --port.',
  )
}

async function start(config: ServerConfig, stopRequested: Promise<StopSignal>): Promise<RunningServer> {
  let isStarting = true
  void stopRequested.then((signal) => {
    // Before it listens there is nothing to finish, and the database takes an end at any moment.
    if (isStarting) process.exit(exitCodeOfSignal(signal))
  })
  try {
    return await startServer(config)
  } catch (error) {
    throw await explainStartFailure(error, config)
  } finally {
    isStarting = false
  }
}

/** Notes down where the daemon is, once it answers there. */
async function claim(
  { config, outputLog, version }: DaemonRun,
  server: RunningServer,
): Promise<DaemonRecord> {
  const url = localUrl(config.host, server.port)
  const answer = await probe(url, config.token, ANSWER_TIMEOUT_MS)
  if (answer.answer !== 'ragmeter' || answer.health.pid !== process.pid) {
    throw new CommandError(
      'unresponsive',
      `The daemon listens on port ${server.port}, but does not answer at ${url}.`,
      'Another program may hold the same port on this address: choose another with --port.',
    )
  }
  const own = lookUpProcess(process.pid)
  const record: DaemonRecord = {
    pid: process.pid,
    processStart: own.state === 'running' ? own.start : null,
    host: config.host,
    port: server.port,
    url,
    startedAt: answer.health.startedAt,
    nonce: answer.health.nonce,
    db: config.db,
    dbFile: identityOfFile(config.db) ?? null,
    log: config.logFile ?? outputLog,
    version,
  }
  const rival = claimState(config.home, record, isOver)
  if (rival === undefined) return record
  throw new CommandError(
    'already_running',
    'Another daemon was started for this home folder at the same moment, and was faster.',
    'See: ragmeter status',
  )
}

/** Whether the daemon of a record has ended. One whose process cannot be told apart counts as there. */
function isOver(found: StateReading): boolean {
  if (found.state !== 'present') return true
  return ['gone', 'other'].includes(compareProcess(found.record.pid, found.record.processStart))
}

function watchLog(path: string): NodeJS.Timeout {
  const timer = setInterval(() => {
    try {
      turnLogOver(path)
    } catch {
      // Someone has moved the log away: there is nothing to bound any more.
    }
  }, LOG_CHECK_INTERVAL_MS)
  return timer.unref()
}
