/** `ragmeter status`: is the daemon there, is it well, can it tell of alerts, and how do the last 24 hours look. */
import { alertWarnings } from '../alert-warnings.ts'
import { absence, ANSWER_TIMEOUT_MS, getJson } from '../ask-daemon.ts'
import type { Running } from '../ask-daemon.ts'
import { CommandError } from '../command-error.ts'
import { findDaemon } from '../find-daemon.ts'
import { formatBytes, formatCount, formatSeconds, formatShare, formatSpan } from '../format.ts'
import { section } from '../output.ts'
import type { CommandResult, Notice } from '../output.ts'
import { readStatsAnswer } from '../stats-answer.ts'
import type { StatsAnswer } from '../stats-answer.ts'
import type { CommandContext } from './context.ts'

export async function status(context: CommandContext): Promise<CommandResult> {
  const { folder, token } = context
  const finding = await findDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  if (finding.state === 'running' || finding.state === 'elsewhere') return describe(finding, context)
  const problem = absence(finding)
  const record = 'record' in finding ? finding.record : null
  return {
    data: {
      state: finding.state === 'stale' ? 'stopped' : finding.state,
      pid: record?.pid ?? null,
      url: record?.url ?? null,
      log: record?.log ?? null,
    },
    text: `${problem.message}\n${problem.hint}`,
    warnings: [],
    problem,
  }
}

async function describe(finding: Running, context: CommandContext): Promise<CommandResult> {
  const { record, health } = finding
  const warnings: Notice[] = []
  const stats = readStatsAnswer(
    await answerOrWarning('/stats?period=24h', 'stats_unavailable', finding, context, warnings),
  )
  const alerts = await answerOrWarning('/api/v1/alerts', 'alerts_unavailable', finding, context, warnings)
  warnings.push(...alertWarnings(alerts))
  if (finding.state === 'elsewhere') warnings.push(elsewhereNotice(record.pid))
  const data = {
    state: health.healthy ? 'running' : 'unhealthy',
    reason: health.reason,
    pid: record.pid,
    url: record.url,
    version: health.version,
    started_at: health.startedAt,
    uptime_seconds: health.uptimeSeconds,
    db: record.db,
    log: record.log,
    storage: health.storage,
    traces_total: health.tracesCollected,
    traces_stored: health.storage['traces'] ?? null,
    period: '24h',
    requests: stats.requests,
    success_rate: stats.successRate,
    latency: { p50: stats.p50, p95: stats.p95, p99: stats.p99 },
  }
  const result = { data, text: render(finding, stats, context), warnings }
  if (health.healthy) return result
  const reason = health.reason ?? 'the daemon does not say why'
  const problem = new CommandError(
    'unhealthy',
    `The daemon cannot store what it receives: ${reason}.`,
    'Free disk space or repair access to the database; senders keep their data and retry meanwhile.',
  )
  return { ...result, problem }
}

/** What cannot be asked is a warning and an empty answer: the rest is shown all the same. */
async function answerOrWarning(
  path: string,
  code: string,
  { record }: Running,
  { token }: CommandContext,
  warnings: Notice[],
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await getJson(record, path, token)
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    warnings.push({ code, message: error.message, hint: error.hint })
    return {}
  }
}

function elsewhereNotice(pid: number): Notice {
  return {
    code: 'process_elsewhere',
    message: `The daemon answers, but no process ${pid} of it is visible here: it runs in another container or machine.`,
    hint: 'Stop it where it runs.',
  }
}

function render({ record, health }: Running, stats: StatsAnswer, { terminal }: CommandContext): string {
  const { colours } = terminal
  const heading = health.healthy
    ? `${colours.green('●')} ragmeter is running`
    : `${colours.red('●')} ragmeter is running, but cannot store: ${health.reason ?? 'no reason given'}`
  const bytes = health.storage['bytes']
  const traces = health.storage['traces']
  const size = typeof bytes === 'number' ? `   ${formatBytes(bytes)}` : ''
  const facts = [
    ['PID', String(record.pid)],
    ['Uptime', formatSpan(health.uptimeSeconds)],
    ['Address', record.url],
    ['Database', record.db + size],
    ['Requests', `${formatCount(health.tracesCollected)} counted since the database was made`],
    ['Traces', `${formatCount(typeof traces === 'number' ? traces : null)} stored`],
  ] as const
  const day = [
    ['Requests', formatCount(stats.requests)],
    ['Success', formatShare(stats.successRate)],
    ['P50', formatSeconds(stats.p50)],
    ['P99', formatSeconds(stats.p99)],
  ] as const
  return `${section(heading, facts, colours)}\n\n${section('Last 24 hours', day, colours)}`
}
