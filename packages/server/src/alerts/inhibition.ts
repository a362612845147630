/**
 * Which alerts say nothing new: a worse one of the same family fires for the same thing, or one that explains it. The same
 * as the inhibition of `deploy/alertmanager`.
 */
import { EXPLAINED_BY, PART_LABELS, SEVERITIES } from '@ragmeter/ops'
import type { AlertSpecification } from '@ragmeter/ops'
import type { ActiveAlert } from './alert-state.ts'

export interface Judged {
  readonly alert: AlertSpecification
  readonly active: ActiveAlert
}

/** What makes two alerts be about the same thing. A label without a value is none. */
function subjectOf({ alert, active }: Judged): string {
  const labels = Object.entries({ ...active.labels, ...alert.labels })
  const telling = labels.filter(([name, value]) => value !== '' && !PART_LABELS.includes(name))
  return JSON.stringify([alert.family, telling.sort(([left], [right]) => (left < right ? -1 : 1))])
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
