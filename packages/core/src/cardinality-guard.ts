/**
 * Bounds the number of series by construction. A label value that is not admitted becomes `__other__` for that
 * label only, so that totals and ratios over the other labels stay right; every fold is counted.
 */
import { LIMITS, OVERFLOW_VALUE } from './limits.ts'
import { LabelTree } from './label-tree.ts'
import type { MetricDefinition } from './metric.ts'

export interface OverflowListener {
  /** Called for every observation one of whose labels was folded. */
  (metric: MetricDefinition, label: string, service: string): void
}

interface ServiceState {
  series: number
  /** Distinct values of each open label, by position. */
  readonly values: readonly (Set<string> | undefined)[]
}

interface MetricState {
  readonly admitted: LabelTree<{ readonly key: readonly string[] }>
  readonly services: Map<string, ServiceState>
}

export interface CardinalityLimits {
  /** @default LIMITS.seriesMax */
  seriesMax?: number
  /** @default LIMITS.seriesPerMetricAndServiceMax */
  seriesPerMetricAndServiceMax?: number
  /** @default LIMITS.servicesMax */
  servicesMax?: number
}

export class CardinalityGuard {
  readonly #limits: Required<CardinalityLimits>
  readonly #metrics = new Map<MetricDefinition, MetricState>()
  readonly #closed = new Map<MetricDefinition, readonly (ReadonlySet<string> | undefined)[]>()
  readonly #services = new Set<string>()
  readonly #onOverflow: OverflowListener
  #series = 0

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
    const service = this.#admitService(metric, values[0] ?? '')
    const serviceState = this.#serviceStateOf(metric, state, service)
    const key = this.#foldLabels(metric, serviceState, [service, ...values.slice(1)])
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
    if (serviceState.series === 0) state.services.delete(service)
    for (const other of this.#metrics.values()) if (other.services.has(service)) return
    this.#services.delete(service)
  }

  #admitService(metric: MetricDefinition, service: string): string {
    if (service === OVERFLOW_VALUE || this.#services.has(service)) return service
    if (this.#services.size < this.#limits.servicesMax) {
      this.#services.add(service)
      return service
    }
    this.#onOverflow(metric, 'service', OVERFLOW_VALUE)
    return OVERFLOW_VALUE
  }

  #foldLabels(metric: MetricDefinition, state: ServiceState, key: string[]): readonly string[] {
    const closed = this.#closedValuesOf(metric)
    for (let position = 1; position < metric.labels.length; position += 1) {
      const value = key[position] ?? ''
      key[position] = value
      if (value === '' || value === OVERFLOW_VALUE) continue
      const label = metric.labels[position]
      const seen = state.values[position]
      const admitted =
        closed[position]?.has(value) === true ||
        (seen !== undefined &&
          label !== undefined &&
          'max' in label &&
          (seen.has(value) || seen.size < label.max))
      if (admitted) continue
      key[position] = OVERFLOW_VALUE
      this.#onOverflow(metric, label?.name ?? '', key[0] ?? '')
    }
    return key
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
      if (value !== OVERFLOW_VALUE) this.#onOverflow(metric, label.name, key[0] ?? '')
      return OVERFLOW_VALUE
    })
    return state.admitted.get(folded)?.key ?? this.#register(state, serviceState, folded)
  }

  #register(state: MetricState, serviceState: ServiceState, key: readonly string[]): readonly string[] {
    state.admitted.set(key, { key })
    serviceState.series += 1
    this.#series += 1
    for (let position = 1; position < key.length; position += 1) {
      const value = key[position] as string
      if (value !== '' && value !== OVERFLOW_VALUE) serviceState.values[position]?.add(value)
    }
    return key
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
        values: metric.labels.map((label) => ('max' in label ? new Set<string>() : undefined)),
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
