/** What the filter can ask for, as data: from it come parsing, completion and the list of fields in the help. */
import { enums } from '@ragmeter/core'

/** In what a number is written. */
export type NumberUnit = 'duration' | 'count' | 'score'

interface FieldBase {
  /** As it is written, in lower case. */
  name: string
  /** Other spellings that are understood. */
  aliases: readonly string[]
  doc: string
}

/** A value that is equal or not. */
export interface TextField extends FieldBase {
  kind: 'text'
  /** Parameter of the API. */
  parameter: string
}

/** One of a few words. */
export interface ChoiceField extends FieldBase {
  kind: 'choice'
  parameter: string
  values: readonly string[]
}

/** A number between bounds; a bound that is undefined is not known to the API. */
export interface NumberField extends FieldBase {
  kind: 'number'
  unit: NumberUnit
  minimum?: string
  maximum?: string
}

export type Field = TextField | ChoiceField | NumberField

const text = (name: string, doc: string, parameter = name, aliases: readonly string[] = []): TextField => ({
  kind: 'text',
  name,
  doc,
  parameter,
  aliases,
})

const choice = (
  name: string,
  doc: string,
  values: readonly string[],
  parameter = name,
  aliases: readonly string[] = [],
): ChoiceField => ({ kind: 'choice', name, doc, values, parameter, aliases })

const between = (
  name: string,
  doc: string,
  unit: NumberUnit,
  bounds: { minimum?: string; maximum?: string },
  aliases: readonly string[] = [],
): NumberField => ({ kind: 'number', name, doc, unit, aliases, ...bounds })

/** In the order in which they are offered. */
export const FIELDS: readonly Field[] = [
  choice('status', 'How the request ended', enums.STATUSES),
  choice('error', 'Type of the error', enums.ERROR_TYPES, 'error_type', ['error_type', 'error.type']),
  between('latency', 'Total latency', 'duration', { minimum: 'latency_ms_min', maximum: 'latency_ms_max' }, [
    'duration',
    'total_latency',
  ]),
  text('org', 'Organisation', 'org', ['organisation', 'organization']),
  text('model', 'Model that answered'),
  text('provider', 'Provider of that model'),
  text('operation', 'What was asked for', 'operation', ['op']),
  text('endpoint', 'Endpoint'),
  text('intent', 'Intent'),
  between(
    'retrieval.count',
    'Documents retrieved; 0 finds empty retrievals',
    'count',
    { minimum: 'retrieval_count_min', maximum: 'retrieval_count_max' },
    ['docs', 'documents', 'retrieval_count'],
  ),
  between(
    'retrieval.top_score',
    'Best score of the retrieval',
    'score',
    { minimum: 'top_score_min', maximum: 'top_score_max' },
    ['score', 'top_score'],
  ),
  text('retriever', 'Retriever', 'retriever', ['retrieval.retriever']),
  text('service', 'Service'),
  text('environment', 'Environment', 'environment', ['env']),
  text('release', 'Release', 'release', ['version']),
  choice('kept', 'Why the trace was kept', enums.KEPT_REASONS, 'kept_reason', ['kept_reason']),
  text('query_hash', 'Hash of the query, as this page shows it', 'query_hash', ['query', 'hash']),
  text('session', 'Session id', 'session_id', ['session_id']),
  text('user', 'User id, as the application sent it', 'user_id', ['user_id']),
  text('request', 'Request id', 'request_id', ['request_id']),
  text('trace', 'W3C trace id', 'trace_id', ['trace_id']),
]

/** `metadata.KEY:value`; the key is written as it was sent. */
export const METADATA_PREFIX = 'metadata.'

const BY_NAME = new Map(
  FIELDS.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field])),
)

/** The field of a name or of another spelling of it; of `metadata.KEY` one made for that key. */
export function fieldOf(name: string): Field | undefined {
  const lower = name.toLowerCase()
  if (lower.startsWith(METADATA_PREFIX) && name.length > METADATA_PREFIX.length) {
    const key = name.slice(METADATA_PREFIX.length)
    return text(METADATA_PREFIX + key, `Metadata ${key}`, METADATA_PREFIX + key)
  }
  return BY_NAME.get(lower)
}

/** The field that a parameter of the API belongs to, if it is one of equality. */
export function fieldOfParameter(parameter: string): TextField | ChoiceField | undefined {
  return FIELDS.find(
    (field): field is TextField | ChoiceField => field.kind !== 'number' && field.parameter === parameter,
  )
}
