/**
 * Which alerts say nothing new: a worse one of the same family fires for the same thing, or one that explains it. The same
 * as the inhibition of `deploy/alertmanager`.
 */
import { SEVERITIES } from '@ragmeter/ops'
import type { AlertSpecification } from '@ragmeter/ops'
import type { ActiveAlert } from './alert-state.ts'

/** What makes two alerts be about the same thing, beside their family; a label that neither has is the same too. */
const SAME_LABELS = ['service', 'dependency', 'budget', 'period', 'slo'] as const

/** A dependency that is down explains what fails and waits because of it, in the same service. */
const EXPLAINED_BY: ReadonlyMap<string, string> = new Map([
  ['RagHighDatabaseErrorRate', 'RagDatabaseDown'],
  ['RagHighDatabaseLatency', 'RagDatabaseDown'],
  ['RagHighRetrievalLatency', 'RagDatabaseDown'],
  ['RagEmptyRetrievals', 'RagDatabaseDown'],
  ['RagStoreStatsStale', 'RagDatabaseDown'],
  ['RagHighLlmErrorRate', 'RagLlmServiceDown'],
  ['RagHighGenerationLatency', 'RagLlmServiceDown'],
])

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
  const byNameAndService = new Map<string, string>()
  for (const one of firing) {
    const subject = subjectOf(one)
    const known = worst.get(subject)
    if (known === undefined || rank(one) < rank(known)) worst.set(subject, one)
    byNameAndService.set(explanationKey(one.alert.name, one.active), one.active.id)
  }
  const inhibited = new Map<string, string>()
  for (const one of firing) {
    const worse = worst.get(subjectOf(one))
    const explanation = byNameAndService.get(
      explanationKey(EXPLAINED_BY.get(one.alert.name) ?? '', one.active),
    )
    if (worse !== undefined && rank(worse) < rank(one)) inhibited.set(one.active.id, worse.active.id)
    else if (explanation !== undefined) inhibited.set(one.active.id, explanation)
  }
  return inhibited
}

function explanationKey(name: string, { labels }: ActiveAlert): string {
  return JSON.stringify([name, labels['service'] ?? ''])
}

function rank({ alert }: Judged): number {
  return SEVERITIES.indexOf(alert.severity)
}
