/** Facts the application states about itself: quotas, stores, dependencies. Each is a gauge of the catalogue. */
import { LIMITS, METRICS } from '@ragmeter/core'
import type { DependencyKind, Status } from '@ragmeter/core'
import { checkedText } from './checked-values.ts'
import { failureOf } from './failure.ts'
import type { Recorder } from './recorder.ts'
import { watch } from './settle.ts'

export interface RateLimit {
  provider: string
  model?: string
  /** What is limited, such as `requests` or `tokens`. */
  limit: string
  /** Left in the window. */
  remaining: number
  /** Size of the window's quota. */
  max?: number
}

export interface StoreSize {
  /** Name of the store, such as `qdrant`. */
  store: string
  /** Points of a collection of a vector store. */
  collection?: string
  points?: number
  /** Entities and relations of a graph store. */
  entities?: number
  relations?: number
}

export interface Dependency {
  name: string
  kind: DependencyKind
}

export function setRateLimit(recorder: Recorder, limit: RateLimit): void {
  const labels = [labelOf(limit.provider), labelOf(limit.model), labelOf(limit.limit)]
  const { remaining, max } = limit
  // Some providers answer -1 where they do not know.
  if (remaining !== undefined && !(remaining < 0)) {
    recorder.set(METRICS.rateLimitRemaining, remaining, ...labels)
  }
  if (max !== undefined && !(max <= 0)) recorder.set(METRICS.rateLimitMax, max, ...labels)
}

export function setMemoryFacts(recorder: Recorder, factType: string, count: number): void {
  recorder.set(METRICS.memoryFacts, count, labelOf(factType))
}

export function setCacheEntries(recorder: Recorder, cache: string, count: number): void {
  recorder.set(METRICS.cacheEntries, count, labelOf(cache))
}

/** Also notes that the statistics of the store were read now. */
export function setStoreSize(recorder: Recorder, size: StoreSize, nowMs: number): void {
  const { points, entities, relations } = size
  const store = labelOf(size.store)
  if (points !== undefined) recorder.set(METRICS.vectorStorePoints, points, store, labelOf(size.collection))
  if (entities !== undefined) recorder.set(METRICS.graphStoreEntities, entities, store)
  if (relations !== undefined) recorder.set(METRICS.graphStoreRelations, relations, store)
  recorder.set(METRICS.storeStatsLastSuccess, nowMs / 1000, store)
}

export function setDependencyUp(recorder: Recorder, dependency: Dependency, isUp: boolean): void {
  recorder.set(METRICS.dependencyUp, isUp ? 1 : 0, labelOf(dependency.name), labelOf(dependency.kind))
}

/** Times a call to a dependency and counts how it ended. */
export function measureDependency<Result>(
  recorder: Recorder,
  monotonicNow: () => number,
  dependency: Dependency,
  run: () => Result,
): Result {
  const startMs = monotonicNow()
  const note = (status: Status) => {
    const name = labelOf(dependency.name)
    const kind = labelOf(dependency.kind)
    const seconds = Math.max(0, monotonicNow() - startMs) / 1000
    recorder.count(METRICS.dependencyRequests, 1, name, kind, status)
    recorder.observe(METRICS.dependencyDuration, seconds, name, kind)
  }
  return watch(run, {
    done: (value) => {
      note('success')
      return value
    },
    failed: (error) => note(failureOf(error).status),
    lost: () => recorder.drop('invalid', 1),
  })
}

/** Applications without types name collections by number. @returns '' for what is not stated */
function labelOf(value: string | undefined): string {
  return checkedText(value, LIMITS.nameLengthMax) ?? ''
}
