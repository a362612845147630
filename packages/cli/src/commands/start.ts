/** `ragmeter start`: the daemon, in the background or in this very process. */
import type { ServerConfig } from '@ragmeter/server'
import { ANSWER_TIMEOUT_MS } from '../ask-daemon.ts'
import { startInBackground } from '../background.ts'
import { CommandError } from '../command-error.ts'
import { findDaemon } from '../find-daemon.ts'
import { alignRows } from '../output.ts'
import type { CommandResult, Notice } from '../output.ts'
import { refusalToStart, runDaemon } from '../run-daemon.ts'
import { failureReport, tellParent } from '../start-report.ts'
import { makeStateFolder, statePaths } from '../state-file.ts'
import type { DaemonRecord } from '../state-file.ts'
import type { CommandContext } from './context.ts'

export interface StartOptions {
  config: ServerConfig
  environment: Readonly<Record<string, string | undefined>>
  /** How Node is to be called to run this command line again. */
  self: readonly string[]
  /** The options that were given, as arguments; the token is not among them, since others can see those. */
  forwarded: readonly string[]
}

/** Starts a process that outlives this one, and waits until it answers. */
export async function startBackground(
  context: CommandContext,
  options: StartOptions,
): Promise<CommandResult> {
  const { folder, terminal } = context
  const { config } = options
  const seeker = { folder, token: config.token, timeoutMs: ANSWER_TIMEOUT_MS }
  const before = await findDaemon(seeker)
  const refusal = refusalToStart(before)
  if (refusal !== undefined) throw refusal
  makeStateFolder(folder)
  const log = statePaths(folder).log
  await startInBackground({
    arguments: [...options.self, 'start', '--foreground', '--from-background', ...options.forwarded],
    environment: { ...options.environment, RAGMETER_TOKEN: config.token },
    logPath: log,
    progress: (line) => terminal.progress(line),
  })
  const after = await findDaemon(seeker)
  if (after.state !== 'running') {
    throw new CommandError('failure', 'The daemon ended right after its start.', `See its log: ${log}`)
  }
  const warnings: Notice[] = before.state === 'stale' ? [leftoverNotice(before.reason)] : []
  return startedResult(context, after.record, warnings)
}

/** Runs the daemon until it is told to stop. */
export async function startForeground(
  context: CommandContext,
  options: { config: ServerConfig; fromBackground: boolean },
): Promise<void> {
  const { config, fromBackground } = options
  const { terminal, version } = context
  try {
    await runDaemon({
      config,
      outputLog: fromBackground ? statePaths(context.folder).log : null,
      version,
      onStarted: async (record) => {
        if (fromBackground) await tellParent({ report: 'started' })
        // Standard output is the log's, one JSON object a line; so is the envelope.
        else if (terminal.json) terminal.result('start', version, startedResult(context, record, []))
        else terminal.progress(`ragmeter listens at ${record.url}; Ctrl-C stops it.`)
      },
      onStopping: (signal) => {
        if (fromBackground) return
        terminal.progress(`${signal}: finishing the requests under way; once more ends it at once.`)
      },
    })
  } catch (error) {
    if (fromBackground && error instanceof CommandError) await tellParent(failureReport(error))
    throw error
  }
}

function startedResult(
  { terminal }: CommandContext,
  record: DaemonRecord,
  warnings: readonly Notice[],
): CommandResult {
  const { pid, url, db, log, version, startedAt } = record
  const { colours } = terminal
  const rows = [
    ['Address', url],
    ['Metrics', `${url}/metrics`],
    ['Database', db],
    ['Log', log ?? 'standard output'],
  ] as const
  return {
    data: { state: 'running', pid, url, db, log, version, started_at: startedAt },
    text: [
      `${colours.green('●')} ragmeter is running (pid ${pid})`,
      alignRows(rows, colours),
      '',
      'Next: ragmeter status | ragmeter demo | ragmeter stop',
    ].join('\n'),
    warnings,
  }
}

function leftoverNotice(reason: string): Notice {
  return {
    code: 'state_file_left_over',
    message: `A state file was left over. ${reason}`,
    hint: 'Nothing that was acknowledged is lost.',
  }
}
