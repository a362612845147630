/**
 * Bounds the number of series by construction. A label value that is not admitted becomes `__other__` for that
 * label only, so that totals and ratios over the other labels stay right; every fold is counted. Where a limit on
 * series is reached, all open labels fold: what can still open a series is a new combination of closed labels,
 * and of those there are few.
 */
import { LIMITS, OVERFLOW_VALUE } from './limits.ts'
import { LabelTree } from './label-tree.ts'
import type { MetricDefinition } from './metric.ts'
import { wellFormed } from './reader.ts'

export interface OverflowListener {
  /**
   * Called for every observation one of whose labels was folded. It may itself count in a registry of this guard;
   * what is folded meanwhile is not reported, or a full guard would report its own reports for ever.
   */
  (metric: MetricDefinition, label: string, service: string): void
}

interface ServiceState {
  series: number
  /** By position, the values of each open label with the number of series that have it. */
  readonly values: readonly (Map<string, number> | undefined)[]
}

interface MetricState {
  readonly admitted: LabelTree<{ readonly key: readonly string[] }>
  readonly services: Map<string, ServiceState>
}

/** New combinations of closed labels are admitted above the limits on series too. */
export interface CardinalityLimits {
  /** @default LIMITS.seriesMax */
  seriesMax?: number
  /** @default LIMITS.seriesPerMetricAndServiceMax */
  seriesPerMetricAndServiceMax?: number
  /** Strict. @default LIMITS.servicesMax */
  servicesMax?: number
}

export class CardinalityGuard {
  readonly #limits: Required<CardinalityLimits>
  readonly #metrics = new Map<MetricDefinition, MetricState>()
  readonly #closed = new Map<MetricDefinition, readonly (ReadonlySet<string> | undefined)[]>()
  readonly #services = new Set<string>()
  readonly #onOverflow: OverflowListener
  #series = 0
  #isReporting = false

  constructor(onOverflow: OverflowListener, limits: CardinalityLimits = {}) {
    this.#onOverflow = onOverflow
    this.#limits = {
      seriesMax: limits.seriesMax ?? LIMITS.seriesMax,
      seriesPerMetricAndServiceMax:
        limits.seriesPerMetricAndServiceMax ?? LIMITS.seriesPerMetricAndServiceMax,
      servicesMax: limits.servicesMax ?? LIMITS.servicesMax,
    }
  }

  /** Live series in all. */
  get series(): number {
    return this.#series
  }

  /** Live series of one metric, over all services. */
  seriesOf(metric: MetricDefinition): number {
    return this.#metrics.get(metric)?.admitted.size ?? 0
  }

  /** The label values under which an observation is counted: the given ones, or with some folded to `__other__`. */
  admit(metric: MetricDefinition, values: readonly string[]): readonly string[] {
    const state = this.#stateOf(metric)
    const known = state.admitted.get(values)
    if (known !== undefined) return known.key
    // Two values that differ by half a character would be one on the page, and a page with a series twice is refused.
    const key = metric.labels.map((_, position) => wellFormed(values[position] ?? ''))
    const service = (key[0] = this.#admitService(metric, key[0] ?? ''))
    const serviceState = this.#serviceStateOf(metric, state, service)
    this.#foldLabels(metric, serviceState, key)
    const folded = state.admitted.get(key)
    if (folded !== undefined) return folded.key
    if (this.#isFull(serviceState)) return this.#foldOpenLabels(metric, state, serviceState, key)
    return this.#register(state, serviceState, key)
  }

  /** Forgets a series that is no longer exposed, so that its place can be taken. */
  release(metric: MetricDefinition, values: readonly string[]): void {
    const state = this.#metrics.get(metric)
    if (state?.admitted.delete(values) !== true) return
    this.#series -= 1
    const service = values[0] ?? ''
    const serviceState = state.services.get(service)
    if (serviceState === undefined) return
    serviceState.series -= 1
    values.forEach((value, position) => leave(serviceState.values[position], value))
    if (serviceState.series > 0) return
    state.services.delete(service)
    for (const other of this.#metrics.values()) if (other.services.has(service)) return
    this.#services.delete(service)
  }

  #admitService(metric: MetricDefinition, service: string): string {
    if (service === OVERFLOW_VALUE || this.#services.has(service)) return service
    if (this.#services.size < this.#limits.servicesMax) {
      this.#services.add(service)
      return service
    }
    this.#report(metric, 'service', OVERFLOW_VALUE)
    return OVERFLOW_VALUE
  }

  /** Folds, in place, the values that the labels of the service have no place for. */
  #foldLabels(metric: MetricDefinition, state: ServiceState, key: string[]): void {
    const closed = this.#closedValuesOf(metric)
    for (let position = 1; position < key.length; position += 1) {
      const value = key[position] as string
      const label = metric.labels[position]
      if (!takesPlace(value) || label === undefined) continue
      const seen = state.values[position]
      const isAdmitted =
        'max' in label
          ? seen?.has(value) === true || (seen?.size ?? 0) < label.max
          : closed[position]?.has(value) === true
      if (isAdmitted) continue
      key[position] = OVERFLOW_VALUE
      this.#report(metric, label.name, key[0] as string)
    }
  }

  /** The metric is full: only combinations of closed labels can still open a series, which bounds them. */
  #foldOpenLabels(
    metric: MetricDefinition,
    state: MetricState,
    serviceState: ServiceState,
    key: readonly string[],
  ): readonly string[] {
    const folded = key.map((value, position) => {
      const label = metric.labels[position]
      if (position === 0 || value === '' || label === undefined || !('max' in label)) return value
      if (value !== OVERFLOW_VALUE) this.#report(metric, label.name, key[0] ?? '')
      return OVERFLOW_VALUE
    })
    return state.admitted.get(folded)?.key ?? this.#register(state, serviceState, folded)
  }

  #register(state: MetricState, serviceState: ServiceState, key: readonly string[]): readonly string[] {
    state.admitted.set(key, { key })
    serviceState.series += 1
    this.#series += 1
    key.forEach((value, position) => enter(serviceState.values[position], value))
    return key
  }

  #report(metric: MetricDefinition, label: string, service: string): void {
    if (this.#isReporting) return
    this.#isReporting = true
    try {
      this.#onOverflow(metric, label, service)
    } finally {
      this.#isReporting = false
    }
  }

  #isFull(state: ServiceState): boolean {
    return this.#series >= this.#limits.seriesMax || state.series >= this.#limits.seriesPerMetricAndServiceMax
  }

  #stateOf(metric: MetricDefinition): MetricState {
    let state = this.#metrics.get(metric)
    if (state === undefined) {
      state = { admitted: new LabelTree(metric.labels.length), services: new Map() }
      this.#metrics.set(metric, state)
    }
    return state
  }

  #serviceStateOf(metric: MetricDefinition, state: MetricState, service: string): ServiceState {
    let found = state.services.get(service)
    if (found === undefined) {
      found = {
        series: 0,
        // The service is bounded over all metrics, not here.
        values: metric.labels.map((label, position) =>
          'max' in label && position > 0 ? new Map<string, number>() : undefined,
        ),
      }
      state.services.set(service, found)
    }
    return found
  }

  #closedValuesOf(metric: MetricDefinition): readonly (ReadonlySet<string> | undefined)[] {
    let sets = this.#closed.get(metric)
    if (sets === undefined) {
      sets = metric.labels.map((label) => ('values' in label ? new Set(label.values) : undefined))
      this.#closed.set(metric, sets)
    }
    return sets
  }
}

/** Not stated and folded are no values: they take no place. */
function takesPlace(value: string): boolean {
  return value !== '' && value !== OVERFLOW_VALUE
}

function enter(values: Map<string, number> | undefined, value: string): void {
  if (values !== undefined && takesPlace(value)) values.set(value, (values.get(value) ?? 0) + 1)
}

function leave(values: Map<string, number> | undefined, value: string): void {
  if (values === undefined || !takesPlace(value)) return
  const series = (values.get(value) ?? 0) - 1
  if (series > 0) values.set(value, series)
  else values.delete(value)
}
