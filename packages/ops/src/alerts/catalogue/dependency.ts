/** Alerts on what a RAG service depends on: databases and language models. */
import type { AlertSpecification, Condition } from '../specification.ts'
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Where } from '../signal.ts'
import { all, compare, DATABASES, enough, failed, valid } from './shared.ts'

function down(where: Where): Condition {
  return compare(
    {
      kind: 'gauge',
      metric: 'rag_dependency_up',
      where,
      over: 'max',
      windowMinutes: 2,
      aggregate: 'max',
      by: ['service', 'dependency', 'kind'],
    },
    '==',
    0,
  )
}

function failing(
  metric: string,
  by: readonly string[],
  threshold: ThresholdKey,
  where: Where = {},
): Condition {
  return all(
    compare(
      { kind: 'ratio', numerator: failed(metric, 5, where), denominator: valid(metric, 5, where), by },
      '>',
      threshold,
    ),
    enough(valid(metric, 5, where), by, 'trafficMin'),
  )
}

const DATABASE_KINDS: Where = { kind: { in: DATABASES } }
const DEPENDENCY_LABELS = ['service', 'dependency', 'kind']

export const DEPENDENCY_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagDatabaseDown',
    family: 'dependency',
    severity: 'critical',
    when: down({ kind: { in: [...DATABASES, 'cache'] } }),
    forMinutes: 1,
    summary: 'A database of a RAG service does not answer.',
    description: 'The health probe of {dependency} ({kind}) fails in every instance of {service}.',
    valueFormat: 'state',
    dashboard: 'overview',
    replaces: ['AegisRAG: DatabaseDown'],
  },
  {
    name: 'RagLlmServiceDown',
    family: 'dependency',
    severity: 'critical',
    when: down({ kind: { in: ['llm'] } }),
    forMinutes: 2,
    summary: 'The language model of a RAG service does not answer.',
    description: 'The health probe of {dependency} fails in every instance of {service}.',
    valueFormat: 'state',
    dashboard: 'overview',
    replaces: ['AegisRAG: LLMServiceDown'],
  },
  {
    name: 'RagHighLlmErrorRate',
    family: 'dependency',
    severity: 'warning',
    when: failing('rag_llm_requests_total', ['service', 'provider', 'model'], 'llmErrorRatio'),
    forMinutes: 3,
    keepFiringMinutes: 5,
    summary: 'Calls of a language model fail more often than they should.',
    description:
      '{value} of the calls of {provider} {model} by {service} failed within 5 minutes (threshold {threshold:llmErrorRatio}).',
    valueFormat: 'percent',
    dashboard: 'operations',
    replaces: ['AegisRAG: HighLLMErrorRate', 'Guide: HighLLMTimeoutRate'],
  },
  {
    name: 'RagHighDatabaseErrorRate',
    family: 'dependency',
    severity: 'warning',
    when: failing('rag_dependency_requests_total', DEPENDENCY_LABELS, 'databaseErrorRatio', DATABASE_KINDS),
    forMinutes: 3,
    keepFiringMinutes: 5,
    summary: 'Calls to a database fail more often than they should.',
    description:
      '{value} of the calls of {service} to {dependency} ({kind}) failed within 5 minutes (threshold {threshold:databaseErrorRatio}).',
    valueFormat: 'percent',
    dashboard: 'operations',
    replaces: ['AegisRAG: HighDatabaseErrorRate', 'Guide: HighDBErrorRate'],
  },
  {
    name: 'RagHighDatabaseLatency',
    family: 'dependency',
    severity: 'warning',
    when: all(
      compare(
        {
          kind: 'quantile',
          metric: 'rag_dependency_request_duration_seconds',
          quantile: 0.95,
          where: DATABASE_KINDS,
          windowMinutes: 5,
          by: DEPENDENCY_LABELS,
        },
        '>',
        'databaseLatency',
      ),
      enough(
        { metric: 'rag_dependency_requests_total', where: DATABASE_KINDS, windowMinutes: 5 },
        DEPENDENCY_LABELS,
        'trafficMin',
      ),
    ),
    forMinutes: 5,
    keepFiringMinutes: 5,
    summary: 'Calls to a database are slow.',
    description:
      'The p95 latency of {dependency} ({kind}) as {service} sees it is {value} (threshold {threshold:databaseLatency}).',
    valueFormat: 'duration',
    dashboard: 'operations',
    replaces: ['Guide: HighDBLatency'],
  },
]
