/** Scenarios of the API as data. */
import { DAY_MS, HOUR_MS, RagmeterError } from '@ragmeter/core'
import { alertScenarios } from './alert-api-scenarios.ts'
import { FACETS, STATS, STORED_TRACE, TRACES } from './api-answers.ts'
import type { FakeStore } from './fake-store.ts'
import { retrievalScenarios } from './retrieval-scenarios.ts'
import { ledgerScenarios, seriesScenarios } from './rollup-scenarios.ts'
import { NOW, refusal } from './scenario.ts'
import type { ApiScenario } from './scenario.ts'

const stats = (store: FakeStore) => (store.answers.stats = STATS)
const traces = (store: FakeStore) => (store.answers.traces = TRACES)

const statsScenarios: ApiScenario[] = [
  {
    name: 'stats of the last day',
    path: '/stats',
    given: stats,
    status: 200,
    asked: [
      { name: 'stats', parameters: { from: NOW - DAY_MS, to: NOW } },
      { name: 'stats', parameters: { from: NOW - HOUR_MS, to: NOW } },
    ],
    body: {
      period: '24h',
      traces_total: 1234,
      traces_last_hour: 40,
      requests: 40,
      success_rate: 0.95,
      latency: { p50: 0.2, p95: 0.9, p99: null },
      traces_stored: 4,
    },
  },
  {
    name: 'stats of a service and a week',
    path: '/stats?period=7d&service=docs',
    given: stats,
    status: 200,
    asked: [
      { name: 'stats', parameters: { from: NOW - 7 * DAY_MS, to: NOW, service: 'docs' } },
      { name: 'stats', parameters: { from: NOW - HOUR_MS, to: NOW, service: 'docs' } },
    ],
  },
  {
    name: 'stats of a range',
    path: '/stats?from=2026-11-20T10:00:00Z&to=2026-11-20T12:30:00Z',
    given: stats,
    status: 200,
    asked: [
      { name: 'stats', parameters: { from: Date.UTC(2026, 10, 20, 10), to: Date.UTC(2026, 10, 20, 12, 30) } },
      { name: 'stats', parameters: { from: NOW - HOUR_MS, to: NOW } },
    ],
    body: { period: null, requests: 40 },
  },
  {
    name: 'stats of a range without start',
    path: '/stats?to=2026-11-20T12:30:00Z',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'to'),
  },
  {
    name: 'stats of an empty range',
    path: '/stats?from=now&to=-1h',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'from'),
  },
  {
    name: 'stats of a period that is not',
    path: '/stats?period=2h',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'period'),
  },
]

const traceScenarios: ApiScenario[] = [
  {
    name: 'a list of traces',
    path: '/api/v1/traces',
    given: traces,
    status: 200,
    asked: [
      {
        name: 'traces',
        parameters: { filter: { from: NOW - DAY_MS, to: NOW }, limit: 100, deadline: NOW + 10_000 },
      },
    ],
    body: { traces: TRACES.traces, next_cursor: null, truncated: false },
  },
  {
    name: 'a list with every filter',
    path:
      '/api/v1/traces?from=2026-11-20&to=now&limit=7&service=s&environment=e&release=r&org=o&operation=op&endpoint=%2Fa' +
      '&intent=i&status=error&error_type=timeout&provider=p&model=m&query_hash=q&trace_id=t&request_id=rq&session_id=se' +
      '&user_id=u&kept_reason=slow&retriever=v&latency_ms_min=1&latency_ms_max=2.5&retrieval_count_min=0&retrieval_count_max=0' +
      '&top_score_min=0.1&top_score_max=0.3&metadata.team=blue&metadata.a.b=1',
    given: traces,
    status: 200,
    asked: [
      {
        name: 'traces',
        parameters: {
          limit: 7,
          deadline: NOW + 10_000,
          filter: {
            from: Date.UTC(2026, 10, 20),
            to: NOW,
            service: 's',
            environment: 'e',
            release: 'r',
            org: 'o',
            operation: 'op',
            endpoint: '/a',
            intent: 'i',
            status: 'error',
            error_type: 'timeout',
            provider: 'p',
            model: 'm',
            query_hash: 'q',
            trace_id: 't',
            request_id: 'rq',
            session_id: 'se',
            user_id: 'u',
            kept_reason: 'slow',
            retriever: 'v',
            latencyMsMin: 1,
            latencyMsMax: 2.5,
            retrievalCountMin: 0,
            retrievalCountMax: 0,
            topScoreMin: 0.1,
            topScoreMax: 0.3,
            metadata: { team: 'blue', 'a.b': '1' },
          },
        },
      },
    ],
  },
  {
    name: 'a list with a misspelt filter',
    path: '/api/v1/traces?servcie=docs',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'servcie'),
  },
  {
    name: 'a list of an empty range',
    path: '/api/v1/traces?from=now&to=-1h',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'from'),
  },
  {
    name: 'a list of too many',
    path: '/api/v1/traces?limit=1001',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'limit'),
  },
  {
    name: 'a list behind a made-up cursor',
    path: '/api/v1/traces?cursor=abc',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'cursor'),
  },
  {
    name: 'a list that takes too long',
    path: '/api/v1/traces',
    given: (store) => (store.answers.traces = new RagmeterError('query_timeout', 'too slow')),
    status: 504,
    body: refusal('query_timeout'),
  },
  {
    name: 'facets of a filter',
    path: '/api/v1/traces/facets?from=-1h&org=acme&metadata.team=blue&not.model=m&not.model=n&not.metadata.k=v&fields=status,model',
    given: (store) => (store.answers.facets = FACETS),
    status: 200,
    asked: [
      {
        name: 'facets',
        parameters: {
          filter: {
            from: NOW - HOUR_MS,
            to: NOW,
            org: 'acme',
            metadata: { team: 'blue' },
            exclude: [
              { field: 'model', value: 'm' },
              { field: 'model', value: 'n' },
              { metadataKey: 'k', value: 'v' },
            ],
          },
          fields: ['status', 'model'],
          tracesMax: 10_000,
          valuesMax: 20,
          deadline: NOW + 10_000,
        },
      },
    ],
    body: FACETS,
  },
  {
    name: 'facets by a field that is not',
    path: '/api/v1/traces/facets?fields=modle',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'fields'),
  },
  {
    name: 'facets of an empty range',
    path: '/api/v1/traces/facets?from=now&to=-1h',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'from'),
  },
  {
    name: 'a trace',
    path: `/api/v1/traces/a%2Fb?timestamp=${NOW}`,
    given: (store) => (store.answers.trace = STORED_TRACE),
    status: 200,
    asked: [{ name: 'trace', parameters: { id: 'a/b', timestamp: NOW, deadline: NOW + 10_000 } }],
    body: {
      id: 'a/b',
      cost_usd: 0.002,
      docstore_cost_usd: 0.0005,
      generations: [
        { model: 'gpt-4o', cost_usd: 0.0015 },
        { model: 'local', cost_usd: null },
      ],
      feedback_events: STORED_TRACE.feedback_events,
      scores: STORED_TRACE.scores,
    },
  },
  {
    name: 'a trace that is not there',
    path: '/api/v1/traces/unknown',
    given: (store) => (store.answers.trace = null),
    status: 404,
    body: refusal('trace_not_found'),
  },
]

const healthScenarios: ApiScenario[] = [
  {
    name: 'health when all is well',
    path: '/health',
    status: 200,
    body: {
      status: 'healthy',
      uptime_seconds: 0,
      traces_collected: 0,
      started_at: '2026-11-21T12:01:30.000Z',
      pid: process.pid,
      storage: { bytes: 4096, write_error: null },
    },
  },
  {
    name: 'health when the disk is full',
    path: '/health',
    given: (store) => (store.storage = { ...store.storage, writeError: 'database or disk is full' }),
    status: 503,
    body: { status: 'unhealthy', reason: 'database or disk is full', storage: { bytes: 4096 } },
  },
  {
    name: 'health when the database has died',
    path: '/health',
    given: (store) => (store.stateError = new Error('A thread of the database ended.')),
    status: 503,
    body: { status: 'unhealthy', reason: 'A thread of the database ended.' },
  },
  { name: 'liveness', path: '/livez', status: 200, body: { status: 'alive' } },
  {
    name: 'storage',
    path: '/api/v1/storage',
    status: 200,
    body: { bytes: 4096, bytes_max: null, traces: 0 },
  },
  {
    name: 'the load of the daemon, before its first commit',
    path: '/api/v1/daemon',
    status: 200,
    asked: [],
    body: { in_flight_requests: 0, in_flight_bytes: 0, retention_days: 7, commits: null },
  },
  {
    name: 'clients',
    path: '/api/v1/clients',
    given: (store) => (store.answers.clients = []),
    status: 200,
    asked: [{ name: 'clients', parameters: { now: NOW } }],
    body: { clients: [] },
  },
]

const refusalScenarios: ApiScenario[] = [
  { name: 'a path that is not', path: '/nope', status: 404, body: refusal('not_found') },
  {
    name: 'a method that is not',
    path: '/api/v1/traces/abc',
    method: 'DELETE',
    status: 405,
    body: refusal('method_not_allowed'),
    answerHeaders: { allow: 'GET, HEAD' },
  },
  {
    name: 'a preflight',
    path: '/ingest',
    method: 'OPTIONS',
    status: 405,
    body: refusal('method_not_allowed'),
    answerHeaders: { allow: 'POST' },
  },
  {
    name: 'a path that takes POST only',
    path: '/ingest',
    status: 405,
    body: refusal('method_not_allowed'),
    answerHeaders: { allow: 'POST' },
  },
  {
    name: 'a body where none is taken',
    path: '/stats',
    method: 'POST',
    status: 405,
    body: refusal('method_not_allowed'),
  },
  {
    name: 'a path that is no text',
    path: '/api/v1/traces/%zz',
    status: 400,
    body: refusal('invalid_request'),
  },
  {
    name: 'a parameter where none is taken',
    path: '/health?verbose=1',
    status: 400,
    body: refusal('invalid_request', 'verbose'),
  },
  {
    name: 'a page of another origin',
    path: '/stats',
    headers: { origin: 'https://example.org' },
    status: 403,
    body: refusal('forbidden_origin'),
  },
  {
    name: 'a query that fails inside, without its reason',
    path: '/stats',
    given: (store) => (store.answers.stats = new Error('SELECT secret FROM somewhere')),
    status: 500,
    body: { error: { code: 'internal', message: 'the daemon failed to answer this request' } },
  },
  {
    name: 'a query while too many wait',
    path: '/stats',
    given: (store) =>
      (store.answers.stats = new RagmeterError('overloaded', 'busy', { retryAfterSeconds: 3 })),
    status: 503,
    body: refusal('overloaded'),
    answerHeaders: { 'retry-after': '3' },
  },
]

export const SCENARIOS: readonly ApiScenario[] = [
  ...statsScenarios,
  ...traceScenarios,
  ...seriesScenarios,
  ...retrievalScenarios,
  ...ledgerScenarios,
  ...healthScenarios,
  ...refusalScenarios,
  ...alertScenarios,
]
