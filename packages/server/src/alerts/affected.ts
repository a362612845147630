/** Which traces an alert is about, as far as their columns can tell: those of its labels, and of what it counts as bad. */
import { enums } from '@ragmeter/core'
import { daemonCondition, mainComparison, thresholdValue } from '@ragmeter/ops'
import type { Counted, LabelCondition, Signal, Thresholds } from '@ragmeter/ops'
import type { TraceFilter } from '../store/store.ts'
import type { PublicAlert } from './notify/notification.ts'

type Affected = Partial<TraceFilter>

const DURATION = 'rag_request_duration_seconds'
const FAILED = { in: ['error', 'timeout'] }

/** The labels of the alert that traces have too. */
export function scopeOf({ labels }: PublicAlert): Affected {
  const { service, provider, model } = labels
  return {
    ...(service === undefined ? {} : { service }),
    ...(provider === undefined ? {} : { provider }),
    ...(model === undefined ? {} : { model }),
  }
}

/** Empty where nothing that a trace states tells the bad requests from the others. */
export function affectedFilter({ alert }: PublicAlert, thresholds: Thresholds): Affected {
  const condition = daemonCondition(alert)
  if (condition !== undefined) {
    const { signal, threshold } = mainComparison(condition)
    const affected = badOf(signal, thresholdValue(threshold, thresholds))
    if (affected !== undefined) return affected
  }
  return alert.family === 'errors' || alert.family === 'dependency' ? ofStatus(FAILED) : {}
}

function badOf(signal: Signal, threshold: number): Affected | undefined {
  if (signal.kind === 'quantile' && signal.metric === DURATION)
    return { ...ofStatus(signal.where?.['status']), latencyMsMin: threshold * 1000 }
  if (signal.kind !== 'ratio') return undefined
  return signal.complement === true ? besides(signal.numerator) : among(signal.numerator)
}

/** The events that are counted. */
function among({ metric, part, where }: Counted): Affected | undefined {
  if (metric === 'rag_requests_total') return ofStatus(where?.['status'])
  if (metric === 'rag_retrievals_total') {
    const [empty, failed] = ['empty', 'error'].map((outcome) => isMeant(outcome, where?.['outcome']))
    return empty !== true ? undefined : failed === true ? NOTHING : { retrievalCountMax: 0 }
  }
  if (metric !== DURATION || typeof part !== 'object') return undefined
  return { ...ofStatus(where?.['status']), latencyMsMax: part.atMost * 1000 }
}

const NOTHING: Affected = { hasFoundNothing: true }

/** The events that are not counted: those that are counted are the good ones. */
function besides({ metric, part, where }: Counted): Affected | undefined {
  const status = where?.['status']
  if (metric === 'rag_requests_total')
    return ofStatus({ in: enums.STATUSES.filter((one) => !isMeant(one, status)) })
  if (metric === 'rag_retrievals_total') return isMeant('empty', where?.['outcome']) ? undefined : NOTHING
  if (metric !== DURATION || typeof part !== 'object') return undefined
  return { ...ofStatus(status), latencyMsMin: part.atMost * 1000 }
}

/** A filter asks for one status at most, so the others are excluded. */
function ofStatus(condition: LabelCondition | undefined): Affected {
  const others = enums.STATUSES.filter((status) => !isMeant(status, condition))
  return others.length === 0 ? {} : { exclude: others.map((value) => ({ field: 'status', value })) }
}

function isMeant(value: string, condition: LabelCondition | undefined): boolean {
  if (condition === undefined) return true
  if ('in' in condition) return condition.in.includes(value)
  return 'notIn' in condition ? !condition.notIn.includes(value) : value.startsWith(condition.startsWith)
}
