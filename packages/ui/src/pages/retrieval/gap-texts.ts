/** What an answer about gaps says, in sentences, as CSV, and as a filter of traces. Pure. */
import { csvOf } from '../../lib/csv.ts'
import { writeValue } from '../../lib/filter-value.ts'
import { formatValue } from '../../lib/format.ts'
import { NOT_STATED } from '../../lib/series.ts'
import type { Gap, GapsAnswer } from './retrieval-queries.ts'
import { REASON_NAMES, REASONS } from './retrieval-state.ts'
import type { LowScore, Reason } from './retrieval-state.ts'

const THRESHOLDS_SHOWN = 4
/** Under which metadata applications send the text of queries, if they do. */
const TEXT_KEY = 'question'

export function summaryText({ total, based_on: basis }: GapsAnswer, reason: Reason | undefined): string {
  const share = basis.estimate === 0 ? null : total.estimate / basis.estimate
  const sign = reason === undefined ? 'a sign of a gap' : `this sign: ${REASON_NAMES[reason]}`
  const whole = `${count(total.estimate)} of ${count(basis.estimate)} requests (${formatValue(share, 'ratio')}) show ${sign}`
  if (reason !== undefined || total.estimate === 0) return `${whole}.`
  return `${whole}: ${reasonsOf(total.reasons)
    .map(([name, estimate]) => `${count(estimate)} ${REASON_NAMES[name]}`)
    .join(', ')}. A request can show several.`
}

/** Those that there are, the most frequent first. */
export function reasonsOf(reasons: Gap['reasons']): [Reason, number][] {
  return REASONS.map((reason): [Reason, number] => [reason, reasons[reason] ?? 0])
    .filter(([, estimate]) => estimate > 0)
    .sort(([, left], [, right]) => right - left)
}

/** What the table does not show. */
export function othersText({ others, ungrouped, gaps }: GapsAnswer): string[] {
  const texts: string[] = []
  if (others.queries > 0) {
    texts.push(
      `${count(others.queries)} other queries with ${count(others.estimate)} requests are not shown; the file has the first 1,000.`,
    )
  }
  if (ungrouped.traces > 0) {
    texts.push(
      `${count(ungrouped.estimate)} requests more have neither a hash nor a text of their query, so they cannot be grouped.`,
    )
  }
  if (gaps.length > 0 && gaps.every(({ text }) => text === null)) {
    texts.push(
      'The text of queries is not sent, so they are shown by their hash. An application that may keep texts can add them as metadata: trace.addMetadata("question", text).',
    )
  }
  return texts
}

/** @param hasService whether the answer can be about several services */
export function lowScoreText(
  { thresholds, thresholds_omitted: omitted }: GapsAnswer,
  low: LowScore,
  hasService: boolean,
): string {
  if ('below' in low) return `Low score: the best score of the retrieval is below ${low.below}.`
  const percent = `${Number((low.quantile * 100).toPrecision(6))}%`
  const known = thresholds.filter(({ below }) => below !== null)
  const intro = `Low score: the best score of the retrieval is below the lowest ${percent} of its service and retriever`
  if (known.length === 0) return `${intro}; nothing has the 20 scores that this takes.`
  const shown = known
    .slice(0, THRESHOLDS_SHOWN)
    .map(
      ({ service, retriever, below }) =>
        `${hasService ? `${service} ` : ''}${retriever || NOT_STATED} ${scoreText(below)}`,
    )
  const more = thresholds.length - shown.length + omitted
  return `${intro}: ${shown.join(', ')}${more === 0 ? '' : `, and ${more} more`}. By definition some score low: look at those that are asked often.`
}

/** The filter that finds the traces of a query on the page of traces. */
export function filterOfGap({ query_hash: hash, text, service }: Gap, retriever: string | undefined): string {
  const query =
    hash === null ? `metadata.${TEXT_KEY}:${writeValue(text ?? '')}` : `query_hash:${writeValue(hash)}`
  const place = `service:${writeValue(service)}`
  return [query, place, ...(retriever === undefined ? [] : [`retriever:${writeValue(retriever)}`])].join(' ')
}

/** Scores of some retrievers are far above 1. */
export function scoreText(score: number | null): string {
  if (score === null) return formatValue(score, 'score')
  return Math.abs(score) < 10 ? formatValue(score, 'score') : formatValue(score, 'documents')
}

export function gapsCsv({ gaps, others, ungrouped }: GapsAnswer): string {
  const blank = Array.from({ length: 7 }, () => '')
  return csvOf(
    [
      'service',
      'query_hash',
      'text',
      'requests',
      'kept_traces',
      'asked',
      ...REASONS,
      'average_top_score',
      'last_seen',
      'last_trace',
    ],
    [
      ...gaps.map((gap) => [
        gap.service,
        gap.query_hash,
        gap.text,
        gap.bad.estimate,
        gap.bad.traces,
        gap.asked.estimate,
        ...REASONS.map((reason) => gap.reasons[reason]),
        gap.average_top_score,
        new Date(gap.last_seen).toISOString(),
        gap.last_trace,
      ]),
      ...(others.queries === 0
        ? []
        : [['(others)', '', `${others.queries} queries`, others.estimate, others.traces, '', ...blank]]),
      ...(ungrouped.traces === 0
        ? []
        : [['(without a query)', '', '', ungrouped.estimate, ungrouped.traces, '', ...blank]]),
    ],
  )
}

function count(value: number): string {
  return formatValue(value, 'count')
}
