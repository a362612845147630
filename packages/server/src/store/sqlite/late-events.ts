/** Feedback and judge scores that arrive after their request: idempotent by event id, kept beside the trace. */
import { enums, LIMITS, parseQuality, Reader, UNKNOWN_SERVICE } from '@ragmeter/core'
import type { FeedbackRating, JsonObject, ParseIssue, QualityScore } from '@ragmeter/core'
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

export type LateEvents =
  | { kind: 'feedback'; events: FeedbackEvent[]; issues: ParseIssue[]; count: number }
  | { kind: 'scores'; events: ScoreEvent[]; issues: ParseIssue[]; count: number }

/** Events in one body. */
const EVENTS_MAX = 10_000

/**
 * One event, or a list of them under `feedback` / `scores`. Without `event_id` the trace itself (and the metric)
 * is the identity: a person rates an answer once, a judge scores a metric once.
 */
export function parseLateEvents(kind: Exclude<BodyKind, 'batch'>, body: JsonObject): LateEvents {
  const reader = new Reader()
  reader.list = kind
  const items = Array.isArray(body[kind]) ? (reader.items(body[kind], '', EVENTS_MAX) ?? []) : [body]
  const parseAll = <Event>(parse: (item: JsonObject) => Event | undefined): Event[] =>
    items.flatMap((item, index) => {
      reader.index = index
      const object = reader.object(item ?? 'null', '')
      const event = object === undefined ? undefined : parse(object)
      return event === undefined ? [] : [event]
    })
  return kind === 'feedback'
    ? {
        kind,
        events: parseAll((item) => parseFeedback(item, reader)),
        issues: reader.issues,
        count: items.length,
      }
    : {
        kind,
        events: parseAll((item) => parseScore(item, reader)),
        issues: reader.issues,
        count: items.length,
      }
}

function parseFeedback(item: JsonObject, reader: Reader): FeedbackEvent | undefined {
  const base = parseBase(item, reader)
  const rating = reader.oneOf(item['rating'], 'rating', enums.FEEDBACK_RATINGS)
  if (rating === undefined) return reader.issue('missing', 'rating', item['rating'], 'error')
  const comment = reader.text(item['comment'], 'comment', LIMITS.commentLengthMax)
  return base === undefined ? undefined : { ...base, rating, comment }
}

function parseScore(item: JsonObject, reader: Reader): ScoreEvent | undefined {
  const base = parseBase(item, reader)
  const score = parseQuality(item, '', reader)
  if (score === undefined)
    return reader.issue(
      'missing',
      'score',
      item['score'],
      'error',
      'Send `metric` and a `score` from 0 to 1.',
    )
  return base === undefined ? undefined : { ...base, ...score }
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
