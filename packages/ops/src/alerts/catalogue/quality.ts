/** Alerts on what is retrieved and how good the answers are. */
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Counted, Where } from '../signal.ts'
import type { AlertSpecification } from '../specification.ts'
import { all, compare, enough } from './shared.ts'

const SCORES = 'rag_quality_score'
const RETRIEVALS: Counted = { metric: 'rag_retrievals_total', windowMinutes: 30 }

function scores(windowMinutes: number, where?: Where): Counted {
  return { metric: SCORES, part: 'count', windowMinutes, ...(where === undefined ? {} : { where }) }
}

function lowScore(
  name: string,
  metric: string,
  threshold: ThresholdKey,
  summary: string,
): AlertSpecification {
  const where: Where = { metric: { in: [metric] } }
  const by = ['service', 'metric']
  return {
    name,
    family: 'quality',
    severity: 'warning',
    when: all(
      compare({ kind: 'mean', metric: SCORES, where, windowMinutes: 60, by }, '<', threshold),
      enough(scores(60, where), by, 'qualityScoresMin'),
    ),
    forMinutes: 30,
    summary,
    description: `The mean {metric} of {service} within an hour is {value} (threshold {threshold:${threshold}}).`,
    valueFormat: 'percent',
    dashboard: 'retrieval',
    replaces: metric === 'relevance' ? ['M2.3: Response Relevance Score', 'Guide: LowRetrievalScore'] : [],
  }
}

export const QUALITY_ALERTS: readonly AlertSpecification[] = [
  lowScore(
    'RagLowRelevance',
    'relevance',
    'relevance',
    'Answers of a RAG service are less relevant than they should be.',
  ),
  lowScore(
    'RagLowContextPrecision',
    'context_precision',
    'contextPrecision',
    'A RAG service retrieves too much that does not help.',
  ),
  {
    name: 'RagEmptyRetrievals',
    family: 'quality',
    severity: 'warning',
    when: all(
      compare(
        {
          kind: 'ratio',
          numerator: { ...RETRIEVALS, where: { outcome: { in: ['empty'] } } },
          denominator: RETRIEVALS,
          by: ['service'],
        },
        '>',
        'emptyRetrievalRatio',
      ),
      enough(RETRIEVALS, ['service'], 'retrievalsMin'),
    ),
    forMinutes: 15,
    summary: 'Many retrievals of a RAG service find nothing.',
    description:
      '{value} of the retrievals of {service} found nothing within 30 minutes (threshold {threshold:emptyRetrievalRatio}).',
    valueFormat: 'percent',
    dashboard: 'retrieval',
    replaces: ['Guide: NoRetrievalResults'],
  },
  {
    name: 'RagQualityEvaluationStalled',
    family: 'quality',
    severity: 'warning',
    when: all(
      compare({ kind: 'increase', of: scores(120), by: ['service'] }, '==', 0),
      compare(
        { kind: 'increase', of: { metric: 'rag_requests_total', windowMinutes: 120 }, by: ['service'] },
        '>',
        'stalledRequestsMin',
      ),
      // A service that was never evaluated, or no longer is, is not stalled.
      enough(scores(1440), ['service'], 'qualityScoresMin'),
    ),
    forMinutes: 30,
    summary: 'A RAG service that is evaluated has requests, but no quality scores.',
    description: '{service} got no quality score within 2 hours, although it has requests.',
    valueFormat: 'count',
    dashboard: 'retrieval',
  },
]
