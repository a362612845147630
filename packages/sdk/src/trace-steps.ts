/**
 * The timeline of a request. A request that is not kept needs none: its parts (retrieval, rerank, generations) say
 * what is measured, until it names a step of its own or repeats one.
 */
import type { Stage, StageName, Status } from '@ragmeter/core'
import type { OpenEvent } from './open-event.ts'

export function stepOf(
  stage: StageName,
  durationMs: number,
  startMs: number | undefined,
  status: Status | undefined,
): Stage {
  return { stage, start_ms: startMs, duration_ms: durationMs, status }
}

/** The parts recorded before the first step, which come before it. */
export function stepsOfParts(event: OpenEvent): Stage[] {
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
