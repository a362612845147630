/**
 * The timeline of a request. A request that is not kept needs none: its parts (retrieval, rerank, generations) say
 * what is measured, until it names a step of its own or repeats one.
 */
import { LIMITS } from '@ragmeter/core'
import type { Stage, StageName, Status } from '@ragmeter/core'
import type { OpenEvent } from './open-event.ts'

/** Adds a step; the parts recorded before the first one come first. */
export function addStep(event: OpenEvent, step: Stage): void {
  const stages = (event.stages ??= stepsOfParts(event)) as Stage[]
  if (stages.length < LIMITS.stagesPerTraceMax) stages.push(step)
}

export function stepOf(
  stage: StageName,
  durationMs: number,
  startMs: number | undefined,
  status: Status | undefined,
): Stage {
  return { stage, start_ms: startMs, duration_ms: durationMs, status }
}

function stepsOfParts(event: OpenEvent): Stage[] {
  const steps: Stage[] = []
  const { retrieval, rerank, generations } = event
  if (retrieval?.latency_ms !== undefined) {
    steps.push(stepOf('retrieval', retrieval.latency_ms, undefined, retrieval.status))
  }
  if (rerank?.latency_ms !== undefined) steps.push(stepOf('rerank', rerank.latency_ms, undefined, undefined))
  if (generations === undefined) return steps
  for (const { latency_ms, status } of generations) {
    if (latency_ms !== undefined) steps.push(stepOf('generation', latency_ms, undefined, status))
  }
  return steps
}
