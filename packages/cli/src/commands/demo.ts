/** `ragmeter demo`: sends a short, real, clearly labelled workload, so that there is something to look at. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { absence, ANSWER_TIMEOUT_MS, getJson, postJson } from '../ask-daemon.ts'
import { CommandError } from '../command-error.ts'
import { createSearchIndex, sectionsOf } from '../demo/search-index.ts'
import { DEMO_SERVICE, runWorkload } from '../demo/workload.ts'
import type { DemoTrace } from '../demo/workload.ts'
import { findDaemon } from '../find-daemon.ts'
import { plural } from '../format.ts'
import type { CommandResult, Notice } from '../output.ts'
import type { DaemonRecord } from '../state-file.ts'
import { readStatsAnswer } from '../stats-answer.ts'
import type { CommandContext } from './context.ts'
import { renderStats } from './stats.ts'

export const DEMO_REQUESTS_DEFAULT = 66
export const DEMO_REQUESTS_MAX = 10_000
const BATCH_SIZE = 500
const CORPUS = new URL('../../README.md', import.meta.url)

export interface DemoOptions {
  requests: number
  /** Starts a daemon; used if none runs. */
  start: () => Promise<CommandResult>
}

export async function demo(context: CommandContext, options: DemoOptions): Promise<CommandResult> {
  const { terminal, token } = context
  const { record, started } = await findOrStart(context, options)
  const index = createSearchIndex(sectionsOf(readFileSync(CORPUS, 'utf8')))
  const clock = { elapsed: () => performance.now(), now: () => Date.now() }
  const traces = runWorkload(index, options.requests, clock)
  const accepted = await send(traces, record, context)
  const body = await getJson(record, `/stats?period=1h&service=${DEMO_SERVICE}`, token)
  const stats = readStatsAnswer(body)
  const text = [
    `Asked ${plural(options.requests, 'question')} of a small search over the README of this package, as service ${DEMO_SERVICE}.`,
    'The search is real and so is every number; no language model is called, so there are no tokens and no cost.',
    '',
    renderStats(stats, { period: '1h', service: DEMO_SERVICE }, terminal.colours),
    '',
    `Scrape it:        curl ${record.url}/metrics`,
    `Look at traces:   curl '${record.url}/api/v1/traces?service=${DEMO_SERVICE}&limit=3'`,
    `Measure your own: see the README of @ragmeter/sdk`,
    ...(started ? ['Stop the daemon:  ragmeter stop'] : []),
  ].join('\n')
  return {
    data: {
      service: DEMO_SERVICE,
      requests: options.requests,
      accepted,
      daemon_started: started,
      url: record.url,
      stats: body,
    },
    text,
    warnings: accepted === options.requests ? [] : [rejectedNotice(options.requests - accepted)],
  }
}

async function findOrStart(
  { folder, token, terminal }: CommandContext,
  { start }: DemoOptions,
): Promise<{ record: DaemonRecord; started: boolean }> {
  const seeker = { folder, token, timeoutMs: ANSWER_TIMEOUT_MS }
  const found = await findDaemon(seeker)
  if (found.state === 'running' || found.state === 'elsewhere') {
    return { record: found.record, started: false }
  }
  // Another start is no remedy for a token that is missing.
  if (found.state === 'locked') throw absence(found)
  // `start` refuses with the right reason where a daemon is there but does not answer.
  const { text } = await start()
  terminal.progress(`${text}\n`)
  const now = await findDaemon(seeker)
  if (now.state !== 'running') {
    throw new CommandError('failure', 'The daemon ended right after its start.', 'See: ragmeter status')
  }
  return { record: now.record, started: true }
}

/** @returns how many traces the daemon accepted */
async function send(
  traces: readonly DemoTrace[],
  record: DaemonRecord,
  { token, version }: CommandContext,
): Promise<number> {
  const client = { name: 'ragmeter-cli', version, instance: `demo-${randomUUID()}` }
  let accepted = 0
  for (let first = 0; first < traces.length; first += BATCH_SIZE) {
    const answer = await postJson(record, '/ingest', token, {
      client,
      sequence: first / BATCH_SIZE + 1,
      closed: first + BATCH_SIZE >= traces.length,
      resource: { service: DEMO_SERVICE },
      traces: traces.slice(first, first + BATCH_SIZE),
    })
    accepted += typeof answer['accepted'] === 'number' ? answer['accepted'] : 0
  }
  return accepted
}

function rejectedNotice(count: number): Notice {
  return {
    code: 'demo_rejected',
    message: `The daemon did not accept ${plural(count, 'trace')} of the demo.`,
    hint: 'Its version may differ from that of this command: see ragmeter status.',
  }
}
