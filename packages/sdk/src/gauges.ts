/** Facts the application states about itself: quotas, stores, dependencies. Each is a gauge of the catalogue. */
import { METRICS } from '@ragmeter/core'
import type { DependencyKind, Status } from '@ragmeter/core'
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
  // Some providers answer -1 where they do not know.
  if (limit.remaining >= 0) {
    recorder.set(METRICS.rateLimitRemaining, limit.remaining, limit.provider, limit.model, limit.limit)
  }
  if (limit.max !== undefined && limit.max > 0) {
    recorder.set(METRICS.rateLimitMax, limit.max, limit.provider, limit.model, limit.limit)
  }
}

/** Also notes that the statistics of the store were read now. */
export function setStoreSize(recorder: Recorder, size: StoreSize, nowMs: number): void {
  const { store, collection, points, entities, relations } = size
  if (points !== undefined) recorder.set(METRICS.vectorStorePoints, points, store, collection)
  if (entities !== undefined) recorder.set(METRICS.graphStoreEntities, entities, store)
  if (relations !== undefined) recorder.set(METRICS.graphStoreRelations, relations, store)
  recorder.set(METRICS.storeStatsLastSuccess, nowMs / 1000, store)
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
    const seconds = Math.max(0, monotonicNow() - startMs) / 1000
    recorder.count(METRICS.dependencyRequests, 1, dependency.name, dependency.kind, status)
    recorder.observe(METRICS.dependencyDuration, seconds, dependency.name, dependency.kind)
  }
  return watch(run, {
    done: (value) => {
      note('success')
      return value
    },
    failed: (error) => note(failureOf(error).status),
  })
}
