/** Alerts on slow requests and stages. */
import type { StageName } from '@ragmeter/core'
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Where } from '../signal.ts'
import type { AlertSpecification, Condition, Severity } from '../specification.ts'
import { all, compare, enough, ENOUGH_REQUESTS } from './shared.ts'

function slowRequests(threshold: ThresholdKey): Condition {
  return all(
    compare(
      {
        kind: 'quantile',
        metric: 'rag_request_duration_seconds',
        quantile: 0.95,
        windowMinutes: 5,
        by: ['service'],
      },
      '>',
      threshold,
    ),
    ENOUGH_REQUESTS,
  )
}

function slowStage(stage: StageName, threshold: ThresholdKey): Condition {
  const metric = 'rag_stage_duration_seconds'
  const where: Where = { stage: { in: [stage] } }
  const by = ['service', 'stage']
  return all(
    compare({ kind: 'quantile', metric, quantile: 0.95, where, windowMinutes: 5, by }, '>', threshold),
    // Of the stage itself: most requests may do without it.
    enough({ metric, part: 'count', where, windowMinutes: 5 }, by, 'trafficMin'),
  )
}

function latencyAlert(
  name: string,
  severity: Severity,
  when: Condition,
  threshold: ThresholdKey,
  what: { subject: string; summary: string; forMinutes: number; replaces: readonly string[] },
): AlertSpecification {
  return {
    name,
    family: 'latency',
    severity,
    when,
    forMinutes: what.forMinutes,
    keepFiringMinutes: 5,
    summary: what.summary,
    description: `The p95 latency of ${what.subject} is {value} (threshold {threshold:${threshold}}).`,
    valueFormat: 'duration',
    dashboard: 'operations',
    replaces: what.replaces,
  }
}

export const LATENCY_ALERTS: readonly AlertSpecification[] = [
  latencyAlert('RagCriticalQueryLatency', 'critical', slowRequests('latencyCritical'), 'latencyCritical', {
    subject: '{service}',
    summary: 'Requests of a RAG service are very slow.',
    forMinutes: 2,
    replaces: ['AegisRAG: CriticalQueryLatency', 'Guide: CriticalAPILatency'],
  }),
  latencyAlert('RagHighQueryLatency', 'warning', slowRequests('latencyWarning'), 'latencyWarning', {
    subject: '{service}',
    summary: 'Requests of a RAG service are slow.',
    forMinutes: 5,
    replaces: ['M2.3: HighQueryLatency', 'VectorLens: HighRequestLatency', 'Guide: HighAPILatency'],
  }),
  latencyAlert('RagElevatedQueryLatency', 'info', slowRequests('latencyInfo'), 'latencyInfo', {
    subject: '{service}',
    summary: 'Requests of a RAG service are slower than usual.',
    forMinutes: 5,
    replaces: ['AegisRAG: HighQueryLatency'],
  }),
  latencyAlert(
    'RagHighRetrievalLatency',
    'warning',
    slowStage('retrieval', 'retrievalLatency'),
    'retrievalLatency',
    {
      subject: 'the stage {stage} of {service}',
      summary: 'Retrieval in a RAG service is slow.',
      forMinutes: 5,
      replaces: ['AegisRAG: HighRetrievalLatency'],
    },
  ),
  latencyAlert(
    'RagHighGenerationLatency',
    'warning',
    slowStage('generation', 'generationLatency'),
    'generationLatency',
    {
      subject: 'the stage {stage} of {service}',
      summary: 'Generation in a RAG service is slow.',
      forMinutes: 5,
      replaces: ['AegisRAG: HighGenerationLatency'],
    },
  ),
]
