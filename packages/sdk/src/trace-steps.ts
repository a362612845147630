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
  const add = (stage: StageName, latencyMs: number | undefined, status: Status | undefined) => {
    if (latencyMs !== undefined) steps.push(stepOf(stage, latencyMs, undefined, status))
  }
  add('retrieval', event.retrieval?.latency_ms, event.retrieval?.status)
  add('rerank', event.rerank?.latency_ms, undefined)
  for (const { latency_ms, status } of event.generations ?? []) add('generation', latency_ms, status)
  return steps
}
