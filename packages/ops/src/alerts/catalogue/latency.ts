/** Alerts on slow requests, stages and databases. */
import type { AlertSpecification } from '../specification.ts'
import { ENOUGH_REQUESTS } from './shared.ts'

export const LATENCY_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagHighQueryLatency',
    family: 'latency',
    severity: 'warning',
    when: {
      kind: 'all',
      of: [
        {
          kind: 'compare',
          signal: {
            kind: 'quantile',
            metric: 'rag_request_duration_seconds',
            quantile: 0.95,
            windowMinutes: 5,
            by: ['service'],
          },
          comparison: '>',
          threshold: 'latencyWarning',
        },
        ENOUGH_REQUESTS,
      ],
    },
    forMinutes: 5,
    keepFiringMinutes: 5,
    summary: 'Requests of a RAG service are slow.',
    description: 'The p95 latency of {service} is {value} (threshold {threshold:latencyWarning}).',
    valueFormat: 'duration',
    dashboard: 'operations',
    replaces: ['M2.3: HighQueryLatency', 'VectorLens: HighRequestLatency', 'Guide: HighAPILatency'],
  },
]
