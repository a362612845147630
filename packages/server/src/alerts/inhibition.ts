/** Which alerts say nothing new: a worse one of the same family fires for the same thing. */
import { SEVERITIES } from '@ragmeter/ops'
import type { AlertSpecification } from '@ragmeter/ops'
import type { ActiveAlert } from './alert-state.ts'

/** What makes two alerts be about the same thing, beside their family; a label that neither has is the same too. */
const SAME_LABELS = ['service', 'budget', 'slo'] as const

export interface Judged {
  readonly alert: AlertSpecification
  readonly active: ActiveAlert
}

function subjectOf({ alert, active }: Judged): string {
  const labels = { ...active.labels, ...alert.labels }
  return JSON.stringify([alert.family, ...SAME_LABELS.map((name) => labels[name] ?? '')])
}

/** Ids of the firing alerts that are inhibited, each with the id of the one that inhibits it. */
export function inhibitedBy(firing: readonly Judged[]): ReadonlyMap<string, string> {
  const worst = new Map<string, Judged>()
  for (const one of firing) {
    const subject = subjectOf(one)
    const known = worst.get(subject)
    if (known === undefined || rank(one) < rank(known)) worst.set(subject, one)
  }
  const inhibited = new Map<string, string>()
  for (const one of firing) {
    const worse = worst.get(subjectOf(one))
    if (worse !== undefined && rank(worse) < rank(one)) inhibited.set(one.active.id, worse.active.id)
  }
  return inhibited
}

function rank({ alert }: Judged): number {
  return SEVERITIES.indexOf(alert.severity)
}
