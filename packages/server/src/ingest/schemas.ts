/** JSON Schema of what the ingest routes take and answer. For the OpenAPI document; bodies are parsed by core. */
import { enums, GENERATION_SUMS, REQUEST_SUMS } from '@ragmeter/core'
import { array, boolean, decimal, map, object, oneOf, optional, string, whole } from '../lib/json-schema.ts'
import type { Schema } from '../lib/json-schema.ts'
import { ERROR_SCHEMA } from '../lib/request-error.ts'
import { INCOMING_TRACE } from '../lib/trace-schema.ts'
import type { BodyKind } from '../store/store.ts'

const ISSUE = object({
  index: whole('Position of the item in its list.'),
  code: string('See docs/reference/errors.md.'),
  message: string(),
  path: string('Where, such as `traces[3].total_latency_ms`.'),
  hint: string('What to do.'),
})

const ISSUES = {
  rejected: array(ISSUE, 'Why. At most 100 issues are listed.'),
  warnings: optional(array(ISSUE, 'Fields that were dropped or repaired; their items are stored.')),
  issues_omitted: optional(whole('Issues that are not listed.')),
}

const BATCH_ANSWER = object({
  accepted: whole('Traces stored, or known already.'),
  dropped: whole('Traces rejected.'),
  ...ISSUES,
  rejected_measurements: whole('Measurements rejected: they are missing in every number.'),
  rejected_ledger_rows: whole('Ledger rows rejected.'),
  duplicate: optional(boolean('The whole batch had been stored before, and was not counted again.')),
})

const LATE_ANSWER = object({
  accepted: whole('Items stored, or known already.'),
  dropped: whole('Items rejected.'),
  ...ISSUES,
})

const BASE = {
  metric: string(),
  labels: map(string()),
  minute: whole('Start of the minute, epoch milliseconds.'),
}
const counts = array(whole())
const MEASUREMENT: Schema = {
  oneOf: [
    object({ type: oneOf(['counter']), ...BASE, delta: whole() }),
    object({ type: oneOf(['gauge']), ...BASE, value: decimal() }),
    object({
      type: oneOf(['histogram']),
      ...BASE,
      count: whole(),
      sum: whole(),
      classic: counts,
      zero: whole(),
      offset: { type: 'integer' },
      exponential: counts,
      exemplars: optional(array(object({ trace_id: string(), value: decimal(), timestamp: decimal() }))),
    }),
  ],
}

const sums = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, optional(whole())] as const))
const keys = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, optional(string())] as const))
const day = string('UTC day, `YYYY-MM-DD`.')
const LEDGER_ROW: Schema = {
  oneOf: [
    object(
      {
        kind: oneOf(['requests']),
        day,
        ...keys(['org', 'service', 'environment', 'operation', 'endpoint']),
        dimensions: optional(map(string(), 'Values of the declared metadata keys.')),
        ...sums(REQUEST_SUMS),
      },
      'Sums of requests: durations in microseconds, costs in nano-dollars.',
    ),
    object(
      {
        kind: oneOf(['generations']),
        day,
        ...keys(['org', 'service', 'provider', 'model']),
        ...sums(GENERATION_SUMS),
      },
      'Sums of calls of language models: costs in nano-dollars.',
    ),
  ],
}

const BATCH = object(
  {
    traces: optional(array(INCOMING_TRACE)),
    client: optional(
      object({ instance: string('One process.'), name: optional(string()), version: optional(string()) }),
    ),
    sequence: optional(whole('1, 2, 3 ... within `client.instance`: makes a retry recognisable.')),
    closed: optional(boolean('The client sends no more after this batch.')),
    resource: optional(
      object({ service: optional(string()), environment: optional(string()), release: optional(string()) }),
    ),
    measurements: optional(
      array(MEASUREMENT, 'All requests of the interval. With them, traces are not measured again.'),
    ),
    ledger: optional(array(LEDGER_ROW, 'Exact sums by who asked; docs/formats/wire.md.')),
    dropped: optional(map(whole(), 'What the client dropped since its last batch, by reason.')),
  },
  'A batch. A bad item is rejected alone; the others are kept.',
)

const LATE_EVENT = {
  id: optional(string('Id of the request.')),
  trace_id: optional(string('W3C trace id, if `id` is not known.')),
  event_id: optional(string('Makes a retry recognisable. Without it a trace has one event of a kind.')),
  service: optional(string()),
}
const FEEDBACK = object({
  ...LATE_EVENT,
  rating: oneOf(enums.FEEDBACK_RATINGS),
  comment: optional(string()),
})
const SCORE = object({
  ...LATE_EVENT,
  metric: string('Such as `faithfulness`.'),
  score: decimal('0..1'),
  source: optional(oneOf(enums.QUALITY_SOURCES)),
})

const oneOrMany = (event: Schema, list: string): Schema => ({
  oneOf: [event, object({ [list]: array(event) })],
})

const answers = (schema: Schema) => ({
  200: { description: 'On disk.', content: { 'application/json': { schema } } },
  default: { description: 'Refused whole.', content: { 'application/json': { schema: ERROR_SCHEMA } } },
})

/** Schemas of the routes, by what they take. */
export const INGEST_SCHEMAS: Readonly<Record<BodyKind, object>> = {
  batch: {
    operationId: 'ingest',
    tags: ['ingest'],
    summary: 'Take in a batch of traces and measurements',
    description:
      'Answers 200 after the batch is on disk. A repeated batch, or a repeated trace, is 200 too and counted once. ' +
      'Content-Encoding gzip, deflate and br are understood; Content-Type is not looked at.',
    body: BATCH,
    response: answers(BATCH_ANSWER),
  },
  feedback: {
    operationId: 'postFeedback',
    tags: ['ingest'],
    summary: 'Take in feedback of users that comes after the request',
    description: 'Counted even if the trace was not kept. Idempotent by `event_id`.',
    body: oneOrMany(FEEDBACK, 'feedback'),
    response: answers(LATE_ANSWER),
  },
  scores: {
    operationId: 'postScores',
    tags: ['ingest'],
    summary: 'Take in scores of judges that come after the request',
    description: 'Counted even if the trace was not kept. Idempotent by `event_id` and metric.',
    body: oneOrMany(SCORE, 'scores'),
    response: answers(LATE_ANSWER),
  },
}
