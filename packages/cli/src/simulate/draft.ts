/** A request while it is made up: the occasion, and what is known so far. */
import type { Generation, Stage, StageName, TraceEvent } from '@ragmeter/core'
import type { Conditions } from './incidents.ts'
import type { Release, ServiceName } from './scenario.ts'

/** Who asks, of whom, when, and how things are there. */
export interface Occasion {
  readonly service: ServiceName
  readonly org: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly release: Release
  readonly conditions: Conditions
}

export interface Draft {
  readonly event: TraceEvent
  readonly stages: Stage[]
  readonly generations: Generation[]
  /** Milliseconds since the start. */
  elapsedMs: number
}

/** Adds a step at the end of what has happened so far. */
export function addStage(
  draft: Draft,
  stage: StageName,
  durationMs: number,
  status: 'success' | 'error' | 'timeout' = 'success',
): void {
  draft.stages.push({ stage, start_ms: draft.elapsedMs, duration_ms: durationMs, status })
  draft.elapsedMs += durationMs
}

export function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}
