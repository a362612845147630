/** Alerts on failing requests. */
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { AlertSpecification, Condition } from '../specification.ts'
import { ENOUGH_REQUESTS, failedRequests, validRequests } from './shared.ts'

function failingAbove(threshold: ThresholdKey): Condition {
  return {
    kind: 'all',
    of: [
      {
        kind: 'compare',
        signal: {
          kind: 'ratio',
          numerator: failedRequests(5),
          denominator: validRequests(5),
          by: ['service'],
        },
        comparison: '>',
        threshold,
      },
      ENOUGH_REQUESTS,
    ],
  }
}

export const ERROR_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagHighErrorRate',
    family: 'errors',
    severity: 'warning',
    when: failingAbove('errorRatioWarning'),
    forMinutes: 3,
    keepFiringMinutes: 5,
    summary: 'Requests of a RAG service fail more often than they should.',
    description:
      '{value} of the valid requests of {service} failed within 5 minutes (threshold {threshold:errorRatioWarning}).',
    valueFormat: 'percent',
    dashboard: 'operations',
    replaces: ['AegisRAG: HighErrorRate', 'M2.3: HighErrorRate', 'Guide: HighAPIErrorRate'],
  },
]
