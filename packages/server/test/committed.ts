/** Commits as the store reports them. */
import { METRICS } from '@ragmeter/core'
import type { Measurement } from '@ragmeter/core'
import type { CommitReport, CommittedUpdate } from '../src/store/store.ts'
import { emptyReport } from '../src/threads/committed.ts'

export const EMPTY_REPORT: CommitReport = { ...emptyReport(1), durationMs: 2, commitMs: 1 }

export function committed(update: Partial<CommittedUpdate> = {}): CommittedUpdate {
  return { measurements: [], gauges: [], seen: [], report: EMPTY_REPORT, ...update }
}

export function requests(service: string, delta: number, labels: Record<string, string> = {}): Measurement {
  return {
    type: 'counter',
    metric: METRICS.requests.name,
    labels: { service, status: 'success', ...labels },
    minute: 0,
    delta,
  }
}

export function durations(service: string, exemplar?: { trace_id: string; timestamp: number }): Measurement {
  return {
    type: 'histogram',
    metric: METRICS.requestDuration.name,
    labels: { service, status: 'success' },
    minute: 0,
    count: 3,
    sum: 600_000,
    classic: [0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    zero: 0,
    offset: -100,
    exponential: [3],
    ...(exemplar === undefined ? {} : { exemplars: [{ ...exemplar, value: 0.2 }] }),
  }
}

export function gauge(metric: keyof typeof METRICS, service: string, value: number): Measurement {
  return { type: 'gauge', metric: METRICS[metric].name, labels: { service }, minute: 0, value }
}
