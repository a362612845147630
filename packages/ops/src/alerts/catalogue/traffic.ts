/** Alerts on how much a RAG service is asked, and on silence. */
import type { AlertSpecification } from '../specification.ts'
import { all, compare, usually } from './shared.ts'

export const TRAFFIC_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagNoTraces',
    family: 'traffic',
    severity: 'warning',
    when: all(
      compare({ kind: 'age', metric: 'rag_last_request_timestamp_seconds', by: ['service'] }, '>', 'silence'),
      usually('usualTrafficMin'),
    ),
    forMinutes: 10,
    summary: 'A RAG service that usually has requests reports none.',
    description: 'The last request of {service} began {value} ago (threshold {threshold:silence}).',
    valueFormat: 'duration',
    dashboard: 'overview',
    replaces: ['RAGnarok: ragnarok_last_trace_seconds'],
  },
  {
    name: 'RagVeryLowQueryRate',
    family: 'traffic',
    severity: 'warning',
    when: all(
      compare(
        {
          kind: 'rate',
          of: { metric: 'rag_requests_total', windowMinutes: 30 },
          by: ['service'],
        },
        '<',
        'lowQueryRate',
      ),
      usually('busyTrafficMin'),
    ),
    forMinutes: 30,
    summary: 'A RAG service has far fewer requests than at this hour of the day before.',
    description: '{service} has {value} requests per second (threshold {threshold:lowQueryRate}).',
    valueFormat: 'rate',
    dashboard: 'overview',
    replaces: ['AegisRAG: VeryLowQueryRate'],
  },
  {
    name: 'RagInFlightHigh',
    family: 'traffic',
    severity: 'warning',
    when: compare(
      {
        kind: 'gauge',
        metric: 'rag_requests_in_flight',
        over: 'min',
        windowMinutes: 2,
        aggregate: 'sum',
        by: ['service'],
      },
      '>',
      'inFlight',
    ),
    forMinutes: 5,
    summary: 'Requests of a RAG service pile up.',
    description: '{service} is processing {value} requests at once (threshold {threshold:inFlight}).',
    valueFormat: 'count',
    dashboard: 'operations',
    replaces: ['M2.3: Active Requests'],
  },
  {
    name: 'RagHighQueryRate',
    family: 'traffic',
    severity: 'info',
    when: compare(
      { kind: 'rate', of: { metric: 'rag_requests_total', windowMinutes: 5 }, by: ['service'] },
      '>',
      'highQueryRate',
    ),
    forMinutes: 5,
    summary: 'A RAG service has unusually many requests.',
    description: '{service} has {value} requests per second (threshold {threshold:highQueryRate}).',
    valueFormat: 'rate',
    dashboard: 'overview',
    replaces: ['AegisRAG: HighQueryRate'],
  },
]
