/** The stages of a request on one axis of time, as its trace states them. Pure. */
import type { Trace } from '../trace-types.ts'

type Stage = NonNullable<Trace['stages']>[number]

export interface Bar {
  key: string
  stage: string
  name: string | undefined
  /** How deep it lies inside other stages. */
  depth: number
  /** Milliseconds after the start of the request; undefined if not stated. */
  startMs: number | undefined
  durationMs: number
  status: string | undefined
  attributes: Stage['attributes']
}

export interface Waterfall {
  bars: readonly Bar[]
  /** Length of the axis: the whole request, or its last stage where that ends later. */
  lengthMs: number
  /** Time of the request in no stage; undefined where a stage does not state its start. */
  otherMs: number | undefined
}

const DEPTH_MAX = 8

export function waterfallOf(
  trace: Pick<Trace, 'stages' | 'retrieval' | 'rerank' | 'generations' | 'total_latency_ms'>,
): Waterfall {
  const bars =
    trace.stages === undefined || trace.stages.length === 0 ? barsOfParts(trace) : barsOf(trace.stages)
  const end = Math.max(0, ...bars.map(({ startMs = 0, durationMs }) => startMs + durationMs))
  return {
    bars,
    lengthMs: Math.max(trace.total_latency_ms, end),
    otherMs: otherTime(bars, trace.total_latency_ms),
  }
}

/** Children below their parents, both in the order of their starts. */
function barsOf(stages: readonly Stage[]): Bar[] {
  const ids = new Set(stages.map(({ id }) => id))
  const children = new Map<string | undefined, number[]>()
  stages.forEach(({ id, parent }, index) => {
    const above = parent !== undefined && parent !== id && ids.has(parent) ? parent : undefined
    children.set(above, [...(children.get(above) ?? []), index])
  })
  const bars: Bar[] = []
  const seen = new Set<number>()
  const place = (index: number, depth: number) => {
    const stage = stages[index]
    if (stage === undefined || seen.has(index)) return
    seen.add(index)
    bars.push(barOf(stage, index, depth))
    if (stage.id === undefined) return
    for (const child of sorted(children.get(stage.id) ?? [], stages))
      place(child, Math.min(depth + 1, DEPTH_MAX))
  }
  for (const index of sorted(children.get(undefined) ?? [], stages)) place(index, 0)
  // Stages that are each other's parents hang below nothing: they still took their time.
  stages.forEach((_, index) => place(index, 0))
  return bars
}

function sorted(indexes: readonly number[], stages: readonly Stage[]): number[] {
  const startOf = (index: number) => stages[index]?.start_ms ?? Infinity
  return indexes.toSorted((left, right) => compare(startOf(left), startOf(right)) || left - right)
}

function compare(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1
}

function barOf(stage: Stage, index: number, depth: number): Bar {
  return {
    key: `${index}`,
    stage: stage.stage,
    name: stage.name,
    depth,
    startMs: stage.start_ms,
    durationMs: stage.duration_ms,
    status: stage.status,
    attributes: stage.attributes,
  }
}

/** Clients that send no stages still say how long their parts took. */
function barsOfParts({
  retrieval,
  rerank,
  generations = [],
}: Pick<Trace, 'retrieval' | 'rerank' | 'generations'>): Bar[] {
  const parts = [
    {
      stage: 'retrieval',
      latency: retrieval?.latency_ms,
      name: retrieval?.retriever,
      status: retrieval?.status,
    },
    { stage: 'rerank', latency: rerank?.latency_ms, name: undefined, status: undefined },
    ...generations.map(({ latency_ms, model, status }) => ({
      stage: 'generation',
      latency: latency_ms,
      name: model,
      status,
    })),
  ]
  return parts.flatMap(({ stage, latency, name, status }, index) =>
    latency === undefined
      ? []
      : [
          {
            key: `${index}`,
            stage,
            name,
            depth: 0,
            startMs: undefined,
            durationMs: latency,
            status,
            attributes: undefined,
          },
        ],
  )
}

function otherTime(bars: readonly Bar[], totalMs: number): number | undefined {
  if (bars.length === 0) return undefined
  const spans: [number, number][] = []
  for (const { startMs, durationMs } of bars) {
    if (startMs === undefined) return undefined
    spans.push([Math.min(startMs, totalMs), Math.min(startMs + durationMs, totalMs)])
  }
  let covered = 0
  let end = 0
  for (const [from, to] of spans.toSorted(([left], [right]) => left - right)) {
    covered += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return Math.max(0, totalMs - covered)
}
