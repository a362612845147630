/** Scenarios of the routes that sum up: series and ledger. */
import { HOUR_MS, MINUTE_MS } from '@ragmeter/core'
import { LEDGER, SERIES } from './api-answers.ts'
import type { FakeStore } from './fake-store.ts'
import { NOW, refusal } from './scenario.ts'
import type { ApiScenario } from './scenario.ts'

const series = (store: FakeStore) => (store.answers.series = SERIES)
const ledger = (store: FakeStore) => (store.answers.ledger = LEDGER)

export const seriesScenarios: ApiScenario[] = [
  {
    name: 'a series of the last day in steps that give at most 500 points',
    path: '/api/v1/series?metric=rag_requests_total',
    given: series,
    status: 200,
    asked: [
      {
        name: 'series',
        parameters: {
          metric: 'rag_requests_total',
          from: Date.UTC(2026, 10, 20, 12, 0),
          to: Date.UTC(2026, 10, 21, 12, 5),
          stepMs: 5 * MINUTE_MS,
          by: [],
          filters: {},
          quantiles: [],
          seriesMax: 50,
        },
      },
    ],
    body: {
      metric: 'rag_requests_total',
      type: 'counter',
      unit: '',
      step_seconds: 300,
      resolution: '1m',
      omitted: 0,
    },
  },
  {
    name: 'a series with everything stated',
    path: '/api/v1/series?metric=rag_request_duration_seconds&from=-6h&step=1h&by=service,status&label.operation=ask&quantiles=0.5,0.99&limit=3',
    given: series,
    status: 200,
    asked: [
      {
        name: 'series',
        parameters: {
          metric: 'rag_request_duration_seconds',
          from: Date.UTC(2026, 10, 21, 6),
          to: Date.UTC(2026, 10, 21, 13),
          stepMs: HOUR_MS,
          by: ['service', 'status'],
          filters: { operation: 'ask' },
          quantiles: [0.5, 0.99],
          seriesMax: 3,
        },
      },
    ],
    body: { unit: 'seconds', series: SERIES.series },
  },
  {
    name: 'a series over data that is coarser than the step',
    path: '/api/v1/series?metric=rag_requests_total&from=2026-06-01T00:30:00Z&to=2026-06-01T02:00:00Z&step=10m',
    given: (store) => (store.answers.series = { ...SERIES, resolution: '1h' }),
    status: 200,
    body: { step_seconds: 3600, from: Date.UTC(2026, 5, 1), to: Date.UTC(2026, 5, 1, 2) },
  },
  {
    name: 'a series without metric',
    path: '/api/v1/series',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'metric'),
  },
  {
    name: 'a series of a misspelt metric',
    path: '/api/v1/series?metric=rag_request_total',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'metric'),
  },
  {
    name: 'a series by a label that is not',
    path: '/api/v1/series?metric=rag_errors_total&by=model',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'by'),
  },
  {
    name: 'a series of a label that is not',
    path: '/api/v1/series?metric=rag_errors_total&label.model=x',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'label.model'),
  },
  {
    name: 'the buckets of a histogram, with their bounds',
    path: '/api/v1/series?metric=rag_rerank_displacement_ranks&from=-1h&step=1h&buckets=true',
    given: (store) =>
      (store.answers.series = {
        ...SERIES,
        series: [{ labels: {}, points: [{ at: NOW, count: 1, sum: 1, quantiles: {}, buckets: [0, 1] }] }],
      }),
    status: 200,
    body: {
      bucket_bounds: [0, 0.5, 1, 2, 3, 5, 8, 13, 20, 50],
      series: [{ labels: {}, points: [{ at: NOW, count: 1, sum: 1, quantiles: {}, buckets: [0, 1] }] }],
    },
  },
  {
    name: 'buckets of a counter',
    path: '/api/v1/series?metric=rag_errors_total&buckets=true',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'buckets'),
  },
  {
    name: 'quantiles of a counter',
    path: '/api/v1/series?metric=rag_errors_total&quantiles=0.5',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'quantiles'),
  },
  {
    name: 'quantiles out of range',
    path: '/api/v1/series?metric=rag_request_duration_seconds&quantiles=95',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'quantiles'),
  },
  {
    name: 'a step that cuts hours in two',
    path: '/api/v1/series?metric=rag_errors_total&from=-1d&step=7m',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'step'),
  },
  {
    name: 'a step below a minute',
    path: '/api/v1/series?metric=rag_errors_total&from=-10m&step=30s',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'step'),
  },
  {
    name: 'too many points',
    path: '/api/v1/series?metric=rag_errors_total&from=-7d&step=1m',
    status: 422,
    asked: [],
    body: refusal('query_too_expensive'),
  },
  {
    name: 'a range of centuries',
    path: '/api/v1/series?metric=rag_errors_total&from=1900-01-01',
    status: 422,
    asked: [],
    body: refusal('query_too_expensive'),
  },
]

export const ledgerScenarios: ApiScenario[] = [
  {
    name: 'the ledger of thirty days in one row',
    path: '/api/v1/ledger',
    given: ledger,
    status: 200,
    asked: [
      {
        name: 'ledger',
        parameters: {
          from: '2026-10-23',
          to: '2026-11-21',
          groups: [],
          filters: {},
          limit: 1000,
          deadline: NOW + 10_000,
        },
      },
    ],
    body: { from: '2026-10-23', to: '2026-11-21', group: [], ...LEDGER },
  },
  {
    name: 'the ledger by organisation and dimension, filtered',
    path: '/api/v1/ledger?from=2026-11-01&to=2026-11-02&group=org,dimension.team&org=acme&model=gpt-4o&dimension.team=blue&limit=5',
    given: ledger,
    status: 200,
    asked: [
      {
        name: 'ledger',
        parameters: {
          from: '2026-11-01',
          to: '2026-11-02',
          groups: ['org', 'dimension.team'],
          filters: { org: 'acme', model: 'gpt-4o', 'dimension.team': 'blue' },
          limit: 5,
          deadline: NOW + 10_000,
        },
      },
    ],
  },
  {
    name: 'the ledger by what is not a group',
    path: '/api/v1/ledger?group=orgs',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'group'),
  },
  {
    name: 'the ledger by a dimension that is not declared',
    path: '/api/v1/ledger?group=dimension.region',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'group'),
  },
  {
    name: 'the groups of the ledger',
    path: '/api/v1/ledger/groups',
    status: 200,
    asked: [],
    body: {
      groups: [
        'org',
        'service',
        'environment',
        'operation',
        'endpoint',
        'provider',
        'model',
        'day',
        'dimension.team',
      ],
    },
  },
  {
    name: 'the ledger of a dimension that is not declared',
    path: '/api/v1/ledger?dimension.region=x',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'dimension.region'),
  },
  {
    name: 'the ledger of an empty range',
    path: '/api/v1/ledger?from=2026-11-02&to=2026-11-01',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'from'),
  },
  {
    name: 'the ledger of a decade',
    path: '/api/v1/ledger?from=2016-01-01',
    status: 400,
    asked: [],
    body: refusal('invalid_request', 'from'),
  },
]
