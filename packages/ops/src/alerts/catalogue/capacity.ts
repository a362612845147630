/** Alerts on what grows: facts in memory, collections, graphs. Replicas report the same store, so nothing is added up over them. */
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Gauge } from '../signal.ts'
import type { AlertSpecification, Severity } from '../specification.ts'
import { compare } from './shared.ts'

function size(metric: string, by: readonly string[], sumBy?: readonly string[]): Gauge {
  return {
    kind: 'gauge',
    metric,
    over: 'min',
    windowMinutes: 2,
    aggregate: 'max',
    by,
    ...(sumBy === undefined ? {} : { sumBy }),
  }
}

function memoryAlert(
  name: string,
  severity: Severity,
  threshold: ThresholdKey,
  forMinutes: number,
  replaces: string,
): AlertSpecification {
  return {
    name,
    family: 'capacity',
    severity,
    // The total is what fills memory, not the facts of one type.
    when: compare(size('rag_memory_facts', ['service', 'fact_type'], ['service']), '>', threshold),
    forMinutes,
    summary: 'The memory of a RAG service holds many facts.',
    description: `The memory of {service} holds {value} facts (threshold {threshold:${threshold}}).`,
    valueFormat: 'count',
    dashboard: 'overview',
    replaces: [replaces],
  }
}

export const CAPACITY_ALERTS: readonly AlertSpecification[] = [
  memoryAlert(
    'RagMemoryFactsCritical',
    'critical',
    'memoryFactsCritical',
    2,
    'AegisRAG: MemoryBudgetCritical',
  ),
  memoryAlert('RagMemoryFactsHigh', 'warning', 'memoryFactsWarning', 5, 'AegisRAG: MemoryBudgetHigh'),
  {
    name: 'RagVectorStoreLarge',
    family: 'capacity',
    severity: 'warning',
    when: compare(
      size('rag_vector_store_points', ['service', 'store', 'collection']),
      '>',
      'vectorStorePoints',
    ),
    forMinutes: 10,
    summary: 'A vector collection is large.',
    description:
      'The collection {collection} in {store} of {service} has {value} points (threshold {threshold:vectorStorePoints}).',
    valueFormat: 'count',
    dashboard: 'overview',
    replaces: ['AegisRAG: QdrantCollectionLarge'],
  },
  {
    name: 'RagGraphStoreLarge',
    family: 'capacity',
    severity: 'warning',
    when: compare(size('rag_graph_store_entities', ['service', 'store']), '>', 'graphStoreEntities'),
    forMinutes: 10,
    summary: 'A graph store is large.',
    description:
      'The graph store {store} of {service} has {value} entities (threshold {threshold:graphStoreEntities}).',
    valueFormat: 'count',
    dashboard: 'overview',
    replaces: ['AegisRAG: Neo4jGraphLarge'],
  },
  {
    name: 'RagStoreStatsStale',
    family: 'capacity',
    severity: 'warning',
    when: compare(
      {
        kind: 'age',
        metric: 'rag_store_stats_last_success_timestamp_seconds',
        by: ['service', 'store'],
      },
      '>',
      'storeStatsAge',
    ),
    forMinutes: 10,
    summary: 'The sizes of a store have not been read for a while.',
    description:
      '{service} last read the sizes of {store} {value} ago (threshold {threshold:storeStatsAge}).',
    valueFormat: 'duration',
    dashboard: 'overview',
  },
]
