/** Asks the running daemon, or says why it cannot be asked. */
import { CommandError } from './command-error.ts'
import { findDaemon } from './find-daemon.ts'
import type { Finding, Seeker } from './find-daemon.ts'
import { callHttp } from './http-client.ts'
import { printable } from './printable.ts'
import { isObject } from './probe.ts'
import type { DaemonRecord } from './state-file.ts'

/** A daemon that answers on this machine within this time is well; one that does not is called unresponsive. */
export const ANSWER_TIMEOUT_MS = 5000
const QUERY_TIMEOUT_MS = 30_000

export type Running = Extract<Finding, { state: 'running' | 'elsewhere' }>

/** @throws CommandError `not_running`, `unresponsive`, `unauthorized`, `denied` */
export async function requireDaemon(seeker: Seeker): Promise<Running> {
  const finding = await findDaemon(seeker)
  if (finding.state === 'running' || finding.state === 'elsewhere') return finding
  throw absence(finding)
}

/** Why there is no daemon to talk to, and what to do about it. */
export function absence(finding: Exclude<Finding, Running>): CommandError {
  switch (finding.state) {
    case 'stopped':
      return new CommandError('not_running', 'ragmeter is not running.', 'Start it with: ragmeter start')
    case 'stale':
      return new CommandError(
        'not_running',
        `ragmeter is not running. ${finding.reason}`,
        'Start it with: ragmeter start',
      )
    case 'stopping':
      return new CommandError(
        'unresponsive',
        `ragmeter (pid ${finding.record.pid}) is stopping.`,
        'Wait a moment and ask again.',
      )
    case 'locked':
      return lockedError(finding.record)
    default:
      return new CommandError(
        'unresponsive',
        `ragmeter (pid ${finding.record.pid}) is there, but ${finding.reason}.`,
        'Look into its log, or end it with: ragmeter stop --force',
      )
  }
}

function lockedError(record: DaemonRecord): CommandError {
  return new CommandError(
    'unauthorized',
    `The daemon at ${record.url} asks for its token and got none, or another one.`,
    'Set RAGMETER_TOKEN, or pass --token or --config, as when it was started.',
  )
}

/** GET a route of the daemon. @throws CommandError if the answer is no 200 with a JSON object */
export async function getJson(
  record: DaemonRecord,
  path: string,
  token: string | undefined,
): Promise<Record<string, unknown>> {
  return expectObject(await callHttp({ url: record.url + path, token, timeoutMs: QUERY_TIMEOUT_MS }), path)
}

/** POST to a route of the daemon. @throws CommandError if the answer is no 200 with a JSON object */
export async function postJson(
  record: DaemonRecord,
  path: string,
  token: string | undefined,
  body: unknown,
): Promise<Record<string, unknown>> {
  const call = { url: record.url + path, token, timeoutMs: QUERY_TIMEOUT_MS, method: 'POST' as const }
  return expectObject(await callHttp({ ...call, body: JSON.stringify(body) }), path)
}

/** DELETE of something that the daemon has. @throws CommandError if the answer is no 200 with a JSON object */
export async function deleteJson(
  record: DaemonRecord,
  path: string,
  token: string | undefined,
): Promise<Record<string, unknown>> {
  const call = { url: record.url + path, token, timeoutMs: QUERY_TIMEOUT_MS, method: 'DELETE' as const }
  return expectObject(await callHttp(call), path)
}

function expectObject(reply: Awaited<ReturnType<typeof callHttp>>, path: string): Record<string, unknown> {
  if (reply.outcome !== 'answer') {
    throw new CommandError(
      'unresponsive',
      `The daemon did not answer ${path}: ${reply.reason}.`,
      'Look into its log, or at: ragmeter status',
    )
  }
  if (reply.status === 200 && isObject(reply.body)) return reply.body
  const error = isObject(reply.body) && isObject(reply.body['error']) ? printable(reply.body['error']) : {}
  const { message, hint } = error
  throw new CommandError(
    // What the daemon refuses as wrong was typed by somebody.
    reply.status === 401 ? 'unauthorized' : reply.status === 400 ? 'usage' : 'failure',
    typeof message === 'string' ? message : `The daemon answered ${path} with HTTP ${reply.status}.`,
    typeof hint === 'string' ? hint : 'Look into its log, or at: ragmeter status',
  )
}
