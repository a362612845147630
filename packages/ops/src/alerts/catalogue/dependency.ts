/** Alerts on what a RAG service depends on. */
import type { AlertSpecification } from '../specification.ts'

export const DEPENDENCY_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagDatabaseDown',
    family: 'dependency',
    severity: 'critical',
    when: {
      kind: 'compare',
      signal: {
        kind: 'gauge',
        metric: 'rag_dependency_up',
        where: { kind: { in: ['vector_store', 'graph_store', 'database', 'cache'] } },
        over: 'max',
        windowMinutes: 2,
        aggregate: 'max',
        by: ['service', 'dependency', 'kind'],
      },
      comparison: '==',
      threshold: 0,
    },
    forMinutes: 1,
    summary: 'A database of a RAG service does not answer.',
    description: 'The health probe of {dependency} ({kind}) fails in every instance of {service}.',
    valueFormat: 'number',
    dashboard: 'overview',
    replaces: ['AegisRAG: DatabaseDown'],
  },
]
