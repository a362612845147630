/** Moments at which services went over to another revision. */
import type { Answer } from './series.ts'

export interface ReleaseMarker {
  /** Start of the step in which it was first seen, epoch milliseconds. */
  at: number
  label: string
}

/** The latest. More would hide the chart. */
const MARKERS_MAX = 8
const LABEL_LENGTH_MAX = 24

/**
 * Releases within a range, one marker for each step. The first revision of a service is none: that is when its data begin,
 * or a revision of before the range. @param answer of `rag_build_info` by service and revision
 */
export function releaseMarkers(answer: Pick<Answer, 'series'> | undefined): ReleaseMarker[] {
  const firstSeen = (answer?.series ?? []).flatMap(({ labels, points }) => {
    const at = points[0]?.at
    const revision = labels['revision'] ?? ''
    return at === undefined || revision === '' ? [] : [{ at, revision, service: labels['service'] ?? '' }]
  })
  const beginnings = new Map<string, number>()
  for (const { at, service } of firstSeen) {
    beginnings.set(service, Math.min(at, beginnings.get(service) ?? Infinity))
  }
  const releases = firstSeen
    .filter(({ at, service }) => at > (beginnings.get(service) ?? Infinity))
    .toSorted((left, right) => left.at - right.at)
  const steps = new Map<number, string[]>()
  const seen = new Set<string>()
  for (const { at, revision } of releases) {
    if (seen.has(revision)) continue
    seen.add(revision)
    steps.set(at, [...(steps.get(at) ?? []), revision])
  }
  return Array.from(steps, ([at, revisions]) => ({ at, label: labelOf(revisions) }))
    .toReversed()
    .slice(0, MARKERS_MAX)
}

/** `1.8.0 +2`: labels at one place would lie on each other. */
function labelOf(revisions: readonly string[]): string {
  const [first = '', ...others] = revisions
  return `${first.slice(0, LABEL_LENGTH_MAX)}${others.length === 0 ? '' : ` +${others.length}`}`
}
