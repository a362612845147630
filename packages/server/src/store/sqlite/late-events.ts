/** Feedback and judge scores that arrive after their request: idempotent by event id, kept beside the trace. */
import { enums, isObject, LIMITS, Reader, UNKNOWN_SERVICE } from '@ragmeter/core'
import type { FeedbackRating, JsonObject, ParsedBatch, QualityScore } from '@ragmeter/core'
import type { Database, Statement } from '../../lib/sqlite.ts'
import type { BodyKind } from '../store.ts'

interface LateEventBase {
  event_id: string
  /** Id of the request, or W3C id of its trace. */
  trace: string
  service: string
}

export interface FeedbackEvent extends LateEventBase {
  rating: FeedbackRating
  comment: string | undefined
}

export interface ScoreEvent extends LateEventBase, QualityScore {}

export type LateEvents = (
  | { kind: 'feedback'; events: FeedbackEvent[] }
  | { kind: 'scores'; events: ScoreEvent[] }
) & {
  /** Items of the body, rejected ones included. */
  count: number
} & Pick<ParsedBatch, 'issues' | 'issueCounts' | 'issuesOmitted'>

/** Events in one body. */
const EVENTS_MAX = 10_000

/**
 * One event, or a list of them under `feedback` / `scores`. Without `event_id` the trace itself (and the metric)
 * is the identity: a person rates an answer once, a judge scores a metric once.
 */
export function parseLateEvents(kind: Exclude<BodyKind, 'batch'>, body: JsonObject): LateEvents {
  const reader = new Reader()
  reader.list = kind
  const list = body[kind]
  const items = Array.isArray(list) ? (reader.items(list, '', EVENTS_MAX) ?? []) : [body]
  const count = Array.isArray(list) ? list.length : 1
  const parsed =
    kind === 'feedback'
      ? { kind, events: parseAll(items, reader, parseFeedback) }
      : { kind, events: parseAll(items, reader, parseScore) }
  const { issues, issueCounts, issuesOmitted } = reader
  return { ...parsed, count, issues, issueCounts, issuesOmitted }
}

function parseAll<Event>(
  items: readonly unknown[],
  reader: Reader,
  parse: (item: JsonObject, reader: Reader) => Event | undefined,
): Event[] {
  const events: Event[] = []
  items.forEach((item, index) => {
    reader.index = index
    const event = isObject(item) ? parse(item, reader) : reader.issue('not_an_object', '', item, 'error')
    if (event !== undefined) events.push(event)
  })
  return events
}

function parseFeedback(item: JsonObject, reader: Reader): FeedbackEvent | undefined {
  const base = parseBase(item, reader)
  const stated = reader.required(item['rating'], 'rating', 'error')
  if (stated === undefined || base === undefined) return undefined
  const rating = enums.FEEDBACK_RATINGS.find((name) => name === stated)
  if (rating === undefined) {
    const hint = `Use one of: ${enums.FEEDBACK_RATINGS.join(', ')}.`
    return reader.issue('not_in_enum', 'rating', stated, 'error', hint)
  }
  return { ...base, rating, comment: reader.text(item['comment'], 'comment', LIMITS.commentLengthMax) }
}

function parseScore(item: JsonObject, reader: Reader): ScoreEvent | undefined {
  const base = parseBase(item, reader)
  const stated = reader.required(item['metric'], 'metric', 'error')
  const score = reader.number(reader.required(item['score'], 'score', 'error'), 'score', 0, 1, 'error')
  if (base === undefined || stated === undefined || score === undefined) return undefined
  const metric = reader.text(stated, 'metric', LIMITS.nameLengthMax)
  if (metric === undefined) return reader.issue('wrong_type', 'metric', stated, 'error', 'Name the metric.')
  const source = reader.oneOf(item['source'], 'source', enums.QUALITY_SOURCES) ?? 'application'
  return { ...base, metric, score, source }
}

function parseBase(item: JsonObject, reader: Reader): LateEventBase | undefined {
  const text = (field: string) => reader.text(item[field], field, LIMITS.idLengthMax)
  const trace = text('id') ?? text('trace_id')
  if (trace === undefined) return reader.issue('id_missing', 'id', item['id'], 'error')
  return { event_id: text('event_id') ?? trace, trace, service: text('service') ?? UNKNOWN_SERVICE }
}

export class LateEventTables {
  readonly #feedback: Statement
  readonly #score: Statement

  constructor(database: Database) {
    this.#feedback = database.prepare(
      'INSERT OR IGNORE INTO feedback (event_id, trace, at, service, rating, comment) VALUES (?, ?, ?, ?, ?, ?)',
    )
    this.#score = database.prepare(
      'INSERT OR IGNORE INTO scores (event_id, metric, trace, at, service, score, source) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
  }

  /** @returns false if the event was there already */
  insertFeedback(event: FeedbackEvent, at: number): boolean {
    const { event_id, trace, service, rating, comment } = event
    return Number(this.#feedback.run(event_id, trace, at, service, rating, comment ?? null).changes) > 0
  }

  /** @returns false if the event was there already */
  insertScore(event: ScoreEvent, at: number): boolean {
    const { event_id, metric, trace, service, score, source } = event
    return Number(this.#score.run(event_id, metric, trace, at, service, score, source).changes) > 0
  }
}
