/** Alerts on failing requests: four tiers, and responses of the HTTP API. */
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Counted } from '../signal.ts'
import type { AlertSpecification, Severity } from '../specification.ts'
import { all, compare, enough, ENOUGH_REQUESTS, failed, valid } from './shared.ts'

function errorAlert(
  name: string,
  severity: Severity,
  threshold: ThresholdKey,
  forMinutes: number,
  summary: string,
  replaces: readonly string[],
): AlertSpecification {
  return {
    name,
    family: 'errors',
    severity,
    when: all(
      compare(
        {
          kind: 'ratio',
          numerator: failed('rag_requests_total', 5),
          denominator: valid('rag_requests_total', 5),
          by: ['service'],
        },
        '>',
        threshold,
      ),
      ENOUGH_REQUESTS,
    ),
    forMinutes,
    ...(severity === 'info' ? {} : { keepFiringMinutes: 5 }),
    summary,
    description: `{value} of the valid requests of {service} failed within 5 minutes (threshold {threshold:${threshold}}).`,
    valueFormat: 'percent',
    dashboard: 'operations',
    replaces,
  }
}

const RESPONSES: Counted = { metric: 'rag_http_requests_total', windowMinutes: 5 }
const ROUTE = ['service', 'route']

export const ERROR_ALERTS: readonly AlertSpecification[] = [
  errorAlert(
    'RagCriticalErrorRate',
    'critical',
    'errorRatioCritical',
    1,
    'A large part of the requests of a RAG service fails.',
    ['AegisRAG: CriticalErrorRate'],
  ),
  errorAlert(
    'RagVeryHighErrorRate',
    'critical',
    'errorRatioHigh',
    5,
    'Requests of a RAG service have been failing for a while.',
    ['Guide: CriticalAPIErrorRate'],
  ),
  errorAlert(
    'RagHighErrorRate',
    'warning',
    'errorRatioWarning',
    3,
    'Requests of a RAG service fail more often than they should.',
    ['AegisRAG: HighErrorRate', 'M2.3: HighErrorRate', 'Guide: HighAPIErrorRate'],
  ),
  errorAlert('RagElevatedErrorRate', 'info', 'errorRatioInfo', 10, 'Some requests of a RAG service fail.', [
    'VectorLens: HighErrorRate',
  ]),
  {
    name: 'RagHighApiErrorRate',
    family: 'errors',
    severity: 'warning',
    when: all(
      compare(
        {
          kind: 'ratio',
          numerator: { ...RESPONSES, where: { code: { startsWith: '5' } } },
          denominator: RESPONSES,
          by: ROUTE,
        },
        '>',
        'apiErrorRatio',
      ),
      enough(RESPONSES, ROUTE, 'trafficMin'),
    ),
    forMinutes: 5,
    keepFiringMinutes: 5,
    summary: 'A route of a RAG service answers with server errors.',
    description:
      '{value} of the responses of {route} of {service} had a code of 500 or more within 5 minutes (threshold {threshold:apiErrorRatio}).',
    valueFormat: 'percent',
    dashboard: 'operations',
    replaces: ['Guide: HighAPIErrorRate'],
  },
]
