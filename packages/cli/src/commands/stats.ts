/** `ragmeter stats`: the numbers of a period, exact where they count requests and named where they are a sample. */
import { ANSWER_TIMEOUT_MS, getJson, requireDaemon } from '../ask-daemon.ts'
import {
  formatAverage,
  formatCount,
  formatScore,
  formatSeconds,
  formatShare,
  formatUsd,
  NO_DATA,
  plural,
} from '../format.ts'
import { section } from '../output.ts'
import type { Colours, CommandResult, Row } from '../output.ts'
import { printable } from '../printable.ts'
import { readStatsAnswer } from '../stats-answer.ts'
import type { StatsAnswer } from '../stats-answer.ts'
import type { CommandContext } from './context.ts'

export const PERIODS = ['1h', '24h', '7d'] as const
export type Period = (typeof PERIODS)[number]

const PERIOD_NAMES: Record<Period, string> = { '1h': 'hour', '24h': '24 hours', '7d': '7 days' }

export interface StatsOptions {
  period: Period
  /** Only this service; undefined is all of them together. */
  service: string | undefined
}

export async function stats(context: CommandContext, options: StatsOptions): Promise<CommandResult> {
  const { folder, token, terminal } = context
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const query = new URLSearchParams({ period: options.period })
  if (options.service !== undefined) query.set('service', options.service)
  const body = await getJson(record, `/stats?${query.toString()}`, token)
  const answer = readStatsAnswer(body)
  return {
    data: { service: options.service ?? null, ...body },
    text: renderStats(answer, options, terminal.colours),
    warnings: [],
  }
}

export function renderStats(answer: StatsAnswer, options: StatsOptions, colours: Colours): string {
  const scope = options.service === undefined ? '' : ` of ${options.service}`
  const sections: [string, Row[]][] = [
    [`Last ${PERIOD_NAMES[options.period]}${scope}`, requestRows(answer)],
    ['Latency', latencyRows(answer)],
    ['Retrieval', retrievalRows(answer)],
    ['Generation', generationRows(answer)],
  ]
  return sections.map(([heading, rows]) => section(heading, rows, colours)).join('\n\n')
}

function requestRows(answer: StatsAnswer): Row[] {
  const errors = Object.entries(answer.errorsByType).sort((left, right) => right[1] - left[1])
  return [
    ['Requests', noted(formatCount(answer.requests), '(exact: every request is counted)')],
    ['Traces', noted(formatCount(answer.tracesStored), 'stored (a sample of the requests)')],
    ['Success', formatShare(answer.successRate)],
    ['Errors', answer.requests === 0 ? NO_DATA : formatCount(answer.errors)],
    ...errors.map(([type, count]): Row => [`  ${printable(type)}`, formatCount(count)]),
    ...refusalRows(answer),
  ]
}

/** Requests that are neither success nor failure, and in no success rate: named only if there are any. */
function refusalRows({ statuses }: StatsAnswer): Row[] {
  return (['rejected', 'cancelled'] as const).flatMap((name): Row[] => {
    const count = statuses[name] ?? 0
    return count === 0 ? [] : [[name === 'rejected' ? 'Rejected' : 'Cancelled', formatCount(count)]]
  })
}

function latencyRows(answer: StatsAnswer): Row[] {
  return [
    ['P50', formatSeconds(answer.p50)],
    ['P95', formatSeconds(answer.p95)],
    ['P99', formatSeconds(answer.p99)],
  ]
}

function retrievalRows(answer: StatsAnswer): Row[] {
  return [
    ['Retrievals', formatCount(answer.retrievals)],
    ...failedRetrievalRows(answer),
    ['Empty', formatShare(answer.emptyRate)],
    ['P95', formatSeconds(answer.retrievalP95)],
    ['Documents', noted(formatAverage(answer.averageDocuments), 'on average')],
    ['Top score', noted(formatScore(answer.averageTopScore), 'on average')],
  ]
}

/** They are in no share of empty ones: named only if there are any. */
function failedRetrievalRows({ failedRetrievals }: StatsAnswer): Row[] {
  return failedRetrievals === null || failedRetrievals === 0
    ? []
    : [['Failed', `${formatCount(failedRetrievals)} (not counted below)`]]
}

/** A note explains a number; where there is none it has nothing to say. */
function noted(value: string, note: string): string {
  return value === NO_DATA ? value : `${value} ${note}`
}

function generationRows(answer: StatsAnswer): Row[] {
  return [
    ['LLM calls', formatCount(answer.generationCalls)],
    ['P95', formatSeconds(answer.generationP95)],
    ['Tokens', tokensText(answer)],
    ['Cost', costText(answer)],
  ]
}

function tokensText({ inputTokens, outputTokens }: StatsAnswer): string {
  if (inputTokens === null && outputTokens === null) return NO_DATA
  return `${formatCount(inputTokens)} in, ${formatCount(outputTokens)} out`
}

/**
 * What is known of model calls and document store together, as in the ledger. A sum over calls of which some have no known
 * price is a lower bound, and says so.
 */
function costText({ costUsd, docstoreUsd, unpricedCalls }: StatsAnswer): string {
  const unpriced = unpricedCalls ?? 0
  const notes = [
    ...(unpriced === 0 ? [] : [`${plural(unpriced, 'call')} without a known price`]),
    ...(docstoreUsd === null ? [] : [`${formatUsd(docstoreUsd)} of it the document store`]),
  ]
  const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`
  if (costUsd === null) return unpriced === 0 ? NO_DATA : `unknown${note}`
  return `${unpriced === 0 ? '' : 'at least '}${formatUsd(costUsd)}${note}`
}
