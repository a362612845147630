/** What alerts and objectives looked at, over time: the same computation at earlier moments, from the rollups. */
import { HOUR_MS, MINUTE_MS, RagmeterError } from '@ragmeter/core'
import {
  alertsOf,
  daemonCondition,
  errorBudget,
  labelsOf,
  mainComparison,
  thresholdValue,
} from '@ragmeter/ops'
import type { Counted, Gauge, OpsConfiguration, Signal, Slo, Where } from '@ragmeter/ops'
import type { Store } from '../store/store.ts'
import { budgetSignals } from './daemon-signals.ts'
import { Evaluation } from './evaluate.ts'
import type { Sample } from './evaluate.ts'
import { takePast } from './known-past.ts'
import type { KnownPast, WindowsAnswer } from './known-past.ts'
import { planSources } from './sources.ts'
import { Windows } from './windows.ts'

const POINTS_MAX = 120
/** Rollups of one hour are kept for so long: before it, the window of an objective would be cut silently. */
const HOURS_KEPT_MS = 90 * 24 * HOUR_MS

export interface SignalPoint {
  /** Epoch milliseconds: the end of the window. */
  readonly at: number
  readonly value: number | null
}

export interface SignalHistory {
  readonly comparison: string
  readonly threshold: number
  readonly valueFormat: string
  readonly stepSeconds: number
  readonly points: readonly SignalPoint[]
}

export interface BudgetHistory {
  readonly slo: string
  readonly service: string
  /** Share of the error budget that was left; null without events, or where its window is not kept as a whole. */
  readonly points: readonly SignalPoint[]
}

export interface HistoryContext {
  readonly store: Pick<Store, 'query'>
  readonly configuration: OpsConfiguration
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** The questions about the past of signals, as the API asks them. */
export interface Histories {
  /** @param labels of its signal, others are ignored @throws RagmeterError `not_found`, StoreError */
  signal(name: string, labels: Readonly<Record<string, string>>, hours: number): Promise<SignalHistory>
  /** @throws StoreError */
  budgets(days: number): Promise<{ stepSeconds: number; slos: readonly BudgetHistory[] }>
}

export function createHistories(context: HistoryContext): Histories {
  return {
    signal: (name, labels, hours) => signalHistory(context, name, labels, hours),
    budgets: (days) => budgetHistories(context, days),
  }
}

async function signalHistory(
  { store, configuration, now }: HistoryContext,
  name: string,
  labels: Readonly<Record<string, string>>,
  hours: number,
): Promise<SignalHistory> {
  const alert = alertsOf(configuration).find((one) => one.name === name)
  const condition = alert === undefined ? undefined : daemonCondition(alert)
  if (alert === undefined || condition === undefined) {
    throw new RagmeterError('not_found', `the daemon evaluates no alert ${JSON.stringify(name)}`, {
      hint: 'GET /api/v1/alert-rules lists them.',
    })
  }
  const { signal, comparison, threshold } = mainComparison(condition)
  const meant = Object.fromEntries(labelsOf(signal).map((label) => [label, labels[label] ?? '']))
  const narrow = narrowed(signal, meant)
  const stepMs = Math.ceil((hours * 60) / POINTS_MAX) * MINUTE_MS
  const at = now()
  const { windows, known } = await readWindows(store, [narrow], hours * 60, at)
  const isMeant = (sample: Sample) =>
    Object.entries(meant).every(([label, value]) => sample.labels[label] === value)
  return {
    comparison,
    threshold: thresholdValue(threshold, configuration.thresholds),
    valueFormat: alert.valueFormat,
    stepSeconds: stepMs / 1000,
    points: momentsOf(at, hours * HOUR_MS, stepMs).map((moment) => {
      const samples = new Evaluation(windows, configuration.thresholds, moment).signal(narrow)
      const value = known.covers(narrow, moment) ? samples.find(isMeant)?.value : undefined
      return {
        at: moment,
        value: value !== undefined && (signal.kind !== 'age' || value >= 0) ? value : null,
      }
    }),
  }
}

async function budgetHistories(
  { store, configuration, now }: HistoryContext,
  days: number,
): Promise<{ stepSeconds: number; slos: BudgetHistory[] }> {
  const { slos, thresholds } = configuration
  const at = now()
  const daysMax = Math.max(1, ...slos.map(({ windowDays }) => windowDays))
  // Made once: what is computed from a signal is kept by its object.
  const budgets = slos.map((slo) => ({ slo, errorRatio: budgetSignals(slo).errorRatio }))
  const signals = budgets.map(({ errorRatio }) => errorRatio)
  const { windows, known } = await readWindows(store, signals, (days + daysMax) * 1440, at)
  const stepMs = Math.ceil((days * 24) / POINTS_MAX) * HOUR_MS
  const moments = momentsOf(at, days * 24 * HOUR_MS, stepMs)
  const evaluations = moments.map((moment) => new Evaluation(windows, thresholds, moment))
  const histories = budgets.flatMap(({ slo, errorRatio }) => {
    const keptFrom = at - HOURS_KEPT_MS + slo.windowDays * 24 * HOUR_MS
    const isKnown = (moment: number) => moment >= keptFrom && known.covers(errorRatio, moment)
    const remaining = evaluations.map((evaluation) => budgetsLeft(slo, evaluation.signal(errorRatio)))
    const services = new Set(remaining.flatMap((byService) => Array.from(byService.keys())))
    return Array.from(services, (service) => ({
      slo: slo.name,
      service,
      points: moments.map((moment, position) => ({
        at: moment,
        value: isKnown(moment) ? (remaining[position]?.get(service) ?? null) : null,
      })),
    }))
  })
  return { stepSeconds: stepMs / 1000, slos: histories }
}

/** Share of the error budget that is left, by service. */
function budgetsLeft(slo: Slo, errorRatios: readonly Sample[]): ReadonlyMap<string, number> {
  const budget = errorBudget(slo)
  return new Map(errorRatios.map(({ labels, value }) => [labels['service'] ?? '', 1 - value / budget]))
}

/** Windows that reach back far enough to evaluate these signals at any moment of the last `minutes`, and where they do not. */
async function readWindows(
  store: HistoryContext['store'],
  signals: readonly Signal[],
  minutes: number,
  now: number,
): Promise<{ windows: Windows; known: KnownPast }> {
  const plan = new Map(
    Array.from(planSources(signals), ([key, definition]) => [
      key,
      { ...definition, spanMinutes: definition.spanMinutes + minutes },
    ]),
  )
  const bytes = await store.query('alertWindows', { plan: Array.from(plan), now })
  const windows = new Windows(plan)
  const known = takePast(windows, JSON.parse(Buffer.from(bytes).toString('utf8')) as WindowsAnswer)
  return { windows, known }
}

/** Whole minutes, the last of them the latest that is over. */
function momentsOf(now: number, rangeMs: number, stepMs: number): number[] {
  const last = Math.floor(now / MINUTE_MS) * MINUTE_MS
  const count = Math.floor(rangeMs / stepMs)
  return Array.from({ length: count }, (_, index) => last - (count - 1 - index) * stepMs)
}

/** The signal of one label set alone, so that no others are read. */
function narrowed(signal: Signal, labels: Readonly<Record<string, string>>): Signal {
  const only: Where = Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [name, { in: [value] }]),
  )
  const within = <Part extends Counted | Gauge | { where?: Where }>(part: Part): Part => ({
    ...part,
    where: { ...only, ...part.where },
  })
  switch (signal.kind) {
    case 'always':
      return signal
    case 'increase':
    case 'rate':
      return { ...signal, of: within(signal.of) }
    case 'ratio':
      return { ...signal, numerator: within(signal.numerator), denominator: within(signal.denominator) }
    case 'gauge-ratio':
      return { ...signal, numerator: within(signal.numerator), denominator: within(signal.denominator) }
    default:
      return within(signal)
  }
}
