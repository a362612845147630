/** Service level objectives: which events count, which of them are bad, and how many may be. */
import type { Counted, Ratio, Where } from '../alerts/signal.ts'

/** What is counted, without a window. */
export type Events = Omit<Counted, 'windowMinutes' | 'offsetMinutes'>

export interface Slo {
  /** Lower case letters, digits and `_`; unique. Label `slo` of its rules, and part of the names of its alerts. */
  readonly name: string
  readonly description: string
  /** The service it is about; without one, every service is held to it. */
  readonly service?: string
  readonly total: Events
  /** Either the bad or the good ones of them. */
  readonly bad?: Events
  readonly good?: Events
  /** Share of good events that is promised, above 0 and below 1. */
  readonly target: number
  /** Rolling window of the error budget. */
  readonly windowDays: number
}

/** Longest retention of hours in the daemon; a longer window would be cut silently. */
export const SLO_WINDOW_DAYS_MAX = 90

function counted(events: Events, slo: Slo, windowMinutes: number): Counted {
  const where: Where = {
    ...(slo.service === undefined ? {} : { service: { in: [slo.service] } }),
    ...events.where,
  }
  return { ...events, ...(Object.keys(where).length === 0 ? {} : { where }), windowMinutes }
}

export function sloTotal(slo: Slo, windowMinutes: number): Counted {
  return counted(slo.total, slo, windowMinutes)
}

/** Share of bad events within a window, by service. */
export function sloErrorRatio(slo: Slo, windowMinutes: number): Ratio {
  return {
    kind: 'ratio',
    numerator: counted(slo.bad ?? slo.good ?? slo.total, slo, windowMinutes),
    denominator: sloTotal(slo, windowMinutes),
    ...(slo.bad === undefined ? { complement: true } : {}),
    by: ['service'],
  }
}

/** Share of events that may be bad. Rounded, since 1 - 0.995 is 0.0050000000000000044 in floats. */
export function errorBudget(slo: Slo): number {
  return roundedRatio(1 - slo.target)
}

/** A ratio without the noise of floats. */
export function roundedRatio(value: number): number {
  return Number(value.toPrecision(9))
}

/** The objectives that hold where ragmeter.yaml states none. */
export const DEFAULT_SLOS: readonly Slo[] = [
  {
    name: 'availability',
    description: 'Valid requests succeed.',
    total: {
      metric: 'rag_requests_total',
      where: { status: { notIn: ['rejected', 'cancelled'] } },
    },
    bad: { metric: 'rag_requests_total', where: { status: { in: ['error', 'timeout'] } } },
    target: 0.995,
    windowDays: 30,
  },
  {
    name: 'latency',
    description: 'Successful requests take at most 2 seconds.',
    total: {
      metric: 'rag_request_duration_seconds',
      part: 'count',
      where: { status: { in: ['success'] } },
    },
    good: {
      metric: 'rag_request_duration_seconds',
      part: { atMost: 2 },
      where: { status: { in: ['success'] } },
    },
    target: 0.95,
    windowDays: 30,
  },
  {
    name: 'retrieval',
    description: 'Retrievals find something.',
    total: { metric: 'rag_retrievals_total' },
    good: { metric: 'rag_retrievals_total', where: { outcome: { in: ['found'] } } },
    target: 0.95,
    windowDays: 30,
  },
  {
    name: 'faithfulness',
    description: 'Answers are grounded in what was retrieved: their faithfulness score is above 0.7.',
    total: {
      metric: 'rag_quality_score',
      part: 'count',
      where: { metric: { in: ['faithfulness'] } },
    },
    bad: {
      metric: 'rag_quality_score',
      part: { atMost: 0.7 },
      where: { metric: { in: ['faithfulness'] } },
    },
    target: 0.9,
    windowDays: 30,
  },
]
