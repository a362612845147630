/** What is known about one alert: the stage that changed, the worst traces, who is affected, what changed before. */
import { findMetric, MINUTE_MS } from '@ragmeter/core'
import type { Thresholds } from '@ragmeter/ops'
import type {
  Facet,
  FacetsResult,
  Queries,
  QueryName,
  SeriesResult,
  Store,
  TraceFilter,
  WorstTracesResult,
} from '../store/store.ts'
import { affectedFilter, scopeOf } from './affected.ts'
import { classicQuantile } from './classic-quantile.ts'
import type { PublicAlert } from './notify/notification.ts'

/** A condition looks back for some minutes: what caused it began before it held. */
const LEAD_MS = 10 * MINUTE_MS
const HEALTHY_MS = 60 * MINUTE_MS
const ALERT_MAX_MS = 24 * 60 * MINUTE_MS
const STEP_MS = 5 * MINUTE_MS
const TRACES_SHOWN = 10
const VALUES_SHOWN = 10
const FACET_TRACES_MAX = 20_000
const SERIES_MAX = 50
/** Traffic that changed by less is as it was. */
const TRAFFIC_CHANGE = 0.5
const NEW_RELEASE_SHARE = 0.01
/** Of errors that state no stage. */
const UNKNOWN_STAGE = 'unknown'
const STAGE_LATENCY = 'rag_stage_duration_seconds'

interface Range {
  readonly from: number
  readonly to: number
}

interface StageEvidence {
  readonly stage: string
  readonly p95_seconds: number | null
  readonly p95_seconds_before: number | null
  readonly errors: number
  readonly errors_before: number
  is_suspect: boolean
}

interface ShareEvidence {
  readonly value: string
  readonly share: number
  readonly share_before: number | null
}

export interface EvidenceContext {
  readonly store: Pick<Store, 'query'>
  readonly thresholds: Thresholds
  /** Epoch milliseconds. */
  readonly now: number
  readonly deadline: number
}

/** @param activeAt since when the condition of the alert holds */
export async function evidenceFor(
  alert: PublicAlert,
  activeAt: number,
  context: EvidenceContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { during, before } = rangesOf(alert, activeAt, context.now)
  const affected = affectedFilter(alert, context.thresholds)
  const scope = scopeOf(alert)
  const [stages, traffic, { worst, since }, orgsAndModels, before_, releases, releasesBefore] =
    await Promise.all([
      stageEvidence(context, alert, during, before),
      trafficEvidence(context, alert, during, before),
      worstTraces(context, { ...scope, ...affected, ...during }),
      facets(context, { ...scope, ...affected, ...during }, ['org', 'model']),
      facets(context, { ...scope, ...before }, ['org', 'model']),
      facets(context, { ...scope, ...during }, ['release', 'model']),
      facets(context, { ...scope, ...before }, ['release', 'model']),
    ])
  const releaseShares = shares(releases, releasesBefore, 'release')
  return {
    from: during.from,
    to: during.to,
    before_from: before.from,
    before_to: before.to,
    stages,
    traffic,
    worst_traces: worst,
    worst_traces_since: since,
    orgs: shares(orgsAndModels, before_, 'org'),
    models: shares(orgsAndModels, before_, 'model'),
    releases: releaseShares,
    changes: changesOf(releaseShares, shares(releases, releasesBefore, 'model'), traffic),
  }
}

function rangesOf({ endsAt }: PublicAlert, activeAt: number, now: number): { during: Range; before: Range } {
  const end = endsAt ?? now
  const from = Math.max(activeAt - LEAD_MS, end - ALERT_MAX_MS)
  return { during: { from, to: end + MINUTE_MS }, before: { from: from - HEALTHY_MS, to: from } }
}

async function stageEvidence(
  context: EvidenceContext,
  { labels }: PublicAlert,
  during: Range,
  before: Range,
): Promise<StageEvidence[]> {
  const filters = labels['service'] === undefined ? {} : { service: labels['service'] }
  const latency = (range: Range) => series(context, STAGE_LATENCY, range, ['stage'], filters)
  const errors = (range: Range) => series(context, 'rag_errors_total', range, ['stage'], filters)
  const [latencyNow, latencyBefore, errorsNow, errorsBefore] = await Promise.all([
    latency(during),
    latency(before),
    errors(during),
    errors(before),
  ])
  const p95Now = p95ByStage(latencyNow)
  const p95Before = p95ByStage(latencyBefore)
  const countNow = sumByStage(errorsNow)
  const countBefore = sumByStage(errorsBefore)
  const scale = (during.to - during.from) / (before.to - before.from)
  const stages = new Set([...p95Now.keys(), ...p95Before.keys(), ...countNow.keys()])
  const found = Array.from(stages, (stage): StageEvidence => ({
    stage,
    p95_seconds: p95Now.get(stage) ?? null,
    p95_seconds_before: p95Before.get(stage) ?? null,
    errors: countNow.get(stage) ?? 0,
    errors_before: (countBefore.get(stage) ?? 0) * scale,
    is_suspect: false,
  })).toSorted((left, right) => worsening(right) - worsening(left))
  const first = found.find(({ stage }) => stage !== UNKNOWN_STAGE)
  if (first !== undefined && worsening(first) > 0) first.is_suspect = true
  return found
}

/** Failures weigh more than seconds: a stage that fails is the reason, whatever the others take. */
function worsening(stage: StageEvidence): number {
  const errors = Math.max(0, stage.errors - stage.errors_before)
  const seconds =
    stage.p95_seconds === null || stage.p95_seconds_before === null
      ? 0
      : Math.max(0, stage.p95_seconds - stage.p95_seconds_before)
  return errors * 1000 + seconds
}

async function trafficEvidence(
  context: EvidenceContext,
  { labels }: PublicAlert,
  during: Range,
  before: Range,
): Promise<{ requests_per_second: number | null; requests_per_second_before: number | null }> {
  const filters = labels['service'] === undefined ? {} : { service: labels['service'] }
  const perSecond = async (range: Range) => {
    const result = await series(context, 'rag_requests_total', range, [], filters)
    const [all] = result.series
    if (all === undefined) return null
    const seconds = (range.to - range.from) / 1000
    return all.points.reduce((sum, { value = 0 }) => sum + value, 0) / seconds
  }
  const [now, earlier] = await Promise.all([perSecond(during), perSecond(before)])
  return { requests_per_second: now, requests_per_second_before: earlier }
}

/** @returns the traces, and since when all were looked at */
async function worstTraces(
  context: EvidenceContext,
  filter: TraceFilter,
): Promise<{ worst: object[]; since: number }> {
  const { deadline } = context
  const parameters = { filter, limit: TRACES_SHOWN, deadline }
  const { traces, since } = (await ask(context, 'worstTraces', parameters)) as WorstTracesResult
  const worst = traces.map(({ id, timestamp, status, total_latency_ms, org, model, error_type }) => ({
    id,
    timestamp,
    status,
    total_latency_ms,
    org: org ?? null,
    model: model ?? null,
    error_type: error_type ?? null,
  }))
  return { worst, since }
}

async function facets(
  context: EvidenceContext,
  filter: TraceFilter,
  fields: readonly Facet['field'][],
): Promise<FacetsResult> {
  const { deadline } = context
  const parameters = { filter, fields, tracesMax: FACET_TRACES_MAX, valuesMax: VALUES_SHOWN, deadline }
  return (await ask(context, 'facets', parameters)) as FacetsResult
}

async function series(
  context: EvidenceContext,
  metric: string,
  { from, to }: Range,
  by: readonly string[],
  filters: Readonly<Record<string, string>>,
): Promise<SeriesResult> {
  return (await ask(context, 'series', {
    metric,
    from,
    to,
    stepMs: STEP_MS,
    by,
    filters,
    quantiles: [],
    buckets: true,
    seriesMax: SERIES_MAX,
  })) as SeriesResult
}

async function ask<Name extends QueryName>(
  { store }: EvidenceContext,
  name: Name,
  parameters: Queries[Name]['parameters'],
): Promise<unknown> {
  return JSON.parse(Buffer.from(await store.query(name, parameters)).toString('utf8'))
}

function p95ByStage(result: SeriesResult): ReadonlyMap<string, number> {
  const bounds = findMetric(STAGE_LATENCY)?.buckets ?? []
  return new Map(
    result.series.flatMap(({ labels, points }) => {
      const counts = bounds.map(() => 0).concat(0)
      for (const { buckets = [] } of points) {
        for (const [position, count] of buckets.entries()) counts[position] = (counts[position] ?? 0) + count
      }
      const p95 = classicQuantile(0.95, counts, bounds)
      return p95 === undefined ? [] : [[stageOf(labels), p95] as const]
    }),
  )
}

function sumByStage(result: SeriesResult): ReadonlyMap<string, number> {
  return new Map(
    result.series.map(({ labels, points }) => [
      stageOf(labels),
      points.reduce((sum, { value = 0 }) => sum + value, 0),
    ]),
  )
}

function stageOf({ stage = '' }: Readonly<Record<string, string>>): string {
  return stage === '' ? UNKNOWN_STAGE : stage
}

/** Values of a field with their shares of the traces. */
function shares(now: FacetsResult, before: FacetsResult, field: Facet['field']): ShareEvidence[] {
  const valuesOf = (result: FacetsResult) =>
    result.facets.find((facet) => facet.field === field)?.values ?? []
  const earlier = new Map(valuesOf(before).map(({ value, count }) => [value, count]))
  return valuesOf(now).map(({ value, count }) => ({
    value,
    share: count / Math.max(1, now.counted),
    share_before: before.counted === 0 ? null : (earlier.get(value) ?? 0) / before.counted,
  }))
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`
}

function changesOf(
  releases: readonly ShareEvidence[],
  models: readonly ShareEvidence[],
  traffic: { requests_per_second: number | null; requests_per_second_before: number | null },
): string[] {
  const appeared = (kind: string, list: readonly ShareEvidence[]) =>
    list
      .filter((one) => one.share_before === 0 && one.share >= NEW_RELEASE_SHARE)
      .map(({ value, share }) => `${kind} ${value} is new: ${percent(share)} of the traces.`)
  const { requests_per_second: now, requests_per_second_before: before } = traffic
  const ratio = now === null || before === null || before === 0 ? 1 : now / before
  const hasChanged = ratio >= 1 + TRAFFIC_CHANGE || ratio <= 1 / (1 + TRAFFIC_CHANGE)
  return [
    ...appeared('Release', releases),
    ...appeared('Model', models),
    ...(hasChanged ? [`Traffic is ${ratio.toFixed(1)} times what it was.`] : []),
  ]
}
