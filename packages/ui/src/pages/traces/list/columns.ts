/** What the list can show of a trace: one entry for each column. */
import { formatValue, UNKNOWN } from '../../../lib/format.ts'
import type { CsvCell } from '../../../lib/csv.ts'
import type { TraceSummary } from '../trace-types.ts'

export interface Column {
  key: string
  title: string
  /** Of the grid. */
  width: string
  isNumber?: boolean
  /** Heading in a file, where the key does not say the unit. @default the key */
  fileHeading?: string
  text: (trace: TraceSummary) => string
  /** As it is, for a file. */
  value: (trace: TraceSummary) => CsvCell
}

const plain = (
  key: string,
  title: string,
  width: string,
  value: (trace: TraceSummary) => CsvCell,
): Column => ({
  key,
  title,
  width,
  value,
  text: (trace) => {
    const found = value(trace)
    return found === null || found === undefined ? UNKNOWN : String(found)
  },
})

const measure = (
  key: string,
  title: string,
  width: string,
  value: (trace: TraceSummary) => number | null | undefined,
  text: (value: number) => string,
): Column => ({
  key,
  title,
  width,
  isNumber: true,
  value,
  text: (trace) => {
    const found = value(trace)
    return found === null || found === undefined ? UNKNOWN : text(found)
  },
})

const milliseconds = (value: number) => formatValue(value / 1000, 'seconds')
const tokens = (value: number) => formatValue(value, 'tokens')

/** The time is first and always there: it carries the link. */
export const COLUMNS: readonly Column[] = [
  plain('status', 'Status', '130px', ({ status }) => status),
  plain('service', 'Service', 'minmax(84px, 1.15fr)', ({ service }) => service),
  plain('operation', 'Operation', 'minmax(68px, 0.8fr)', ({ operation }) => operation),
  plain('org', 'Org', 'minmax(68px, 1fr)', ({ org }) => org),
  {
    ...measure('latency', 'Latency', '92px', (trace) => trace.total_latency_ms, milliseconds),
    fileHeading: 'latency_ms',
  },
  measure(
    'docs',
    'Docs',
    '44px',
    (trace) => trace.retrieval_count,
    (value) => formatValue(value, 'count'),
  ),
  measure(
    'score',
    'Top score',
    '66px',
    (trace) => trace.top_score,
    (value) => formatValue(value, 'score'),
  ),
  plain('model', 'Model', 'minmax(92px, 1.4fr)', ({ model }) => model),
  measure('input', 'Tokens in', '84px', (trace) => trace.input_tokens, tokens),
  measure('output', 'Tokens out', '88px', (trace) => trace.output_tokens, tokens),
  {
    ...measure(
      'cost',
      'Cost',
      '72px',
      (trace) => trace.cost_usd,
      (value) => formatValue(value, 'usd'),
    ),
    fileHeading: 'cost_usd',
  },
  plain('error', 'Error', 'minmax(84px, 1fr)', ({ error_type }) => error_type),
  {
    ...measure('retrieval', 'Retrieval', '84px', (trace) => trace.retrieval_latency_ms, milliseconds),
    fileHeading: 'retrieval_latency_ms',
  },
  {
    ...measure('generation', 'Generation', '92px', (trace) => trace.generation_latency_ms, milliseconds),
    fileHeading: 'generation_latency_ms',
  },
  plain('endpoint', 'Endpoint', 'minmax(112px, 1fr)', ({ endpoint }) => endpoint),
  plain('intent', 'Intent', 'minmax(88px, 1fr)', ({ intent }) => intent),
  plain('environment', 'Environment', 'minmax(96px, 1fr)', ({ environment }) => environment),
  plain('release', 'Release', 'minmax(80px, 1fr)', ({ release }) => release),
  plain('provider', 'Provider', 'minmax(88px, 1fr)', ({ provider }) => provider),
  plain('kept', 'Kept for', '88px', ({ kept }) => kept?.reason),
  plain('feedback', 'Feedback', '88px', ({ feedback }) => feedback?.rating),
  plain('query_hash', 'Query hash', 'minmax(112px, 1fr)', ({ query_hash }) => query_hash),
  plain('session', 'Session', 'minmax(112px, 1fr)', ({ session_id }) => session_id),
  plain('user', 'User', 'minmax(112px, 1fr)', ({ user_id }) => user_id),
  plain('request', 'Request id', 'minmax(112px, 1fr)', ({ request_id }) => request_id),
  plain('trace', 'Trace id', 'minmax(112px, 1fr)', ({ trace_id }) => trace_id),
  plain('id', 'Id', 'minmax(112px, 1fr)', ({ id }) => id),
]

const DEFAULT_KEYS = ['status', 'service', 'operation', 'org', 'latency', 'docs', 'score', 'model', 'cost']
export const DEFAULT_COLUMNS = DEFAULT_KEYS.join(',')

/** What remains beside an open trace, which shows the rest. */
const FEW: ReadonlySet<string> = new Set(['status', 'operation', 'latency', 'docs'])

/** The columns for which there is room beside an open trace. */
export function fewColumns(columns: readonly Column[]): readonly Column[] {
  const few = columns.filter(({ key }) => FEW.has(key))
  return few.length === 0 ? columns.slice(0, FEW.size) : few
}

/** The columns that the URL names, in the order of the list; unknown names are ignored. */
export function columnsOf(text: string | undefined): readonly Column[] {
  const keys = new Set((text ?? DEFAULT_COLUMNS).split(','))
  return COLUMNS.filter(({ key }) => keys.has(key))
}

/** @returns undefined for the default, which is not written into the URL */
export function columnsText(keys: readonly string[]): string | undefined {
  const text = COLUMNS.filter(({ key }) => keys.includes(key))
    .map(({ key }) => key)
    .join(',')
  return text === DEFAULT_COLUMNS ? undefined : text
}
