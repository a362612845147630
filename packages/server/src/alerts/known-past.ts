/** How far back the past that was read reaches. Of a metric with very many series only the last part of it is read. */
import { MINUTE_MS } from '@ragmeter/core'
import type { Signal } from '@ragmeter/ops'
import { SPAN_BY_HOURS } from './ring.ts'
import { planSources } from './sources.ts'
import type { SourceDefinition } from './sources.ts'
import type { Windows, WindowsSnapshot } from './windows.ts'

/** A metric whose past is not known as a whole. Moments are epoch milliseconds: nothing before them is known. */
export interface Shortened {
  readonly metric: string
  /** What short windows are made of. */
  readonly minutesSince: number
  /** What long windows are made of. */
  readonly hoursSince: number
}

/** What the reader answers: windows, and under this key, which is that of no source, what they lack. */
export type WindowsAnswer = WindowsSnapshot & { readonly shortened?: readonly Shortened[] }

export class KnownPast {
  readonly #shortened: ReadonlyMap<string, Shortened>

  constructor(shortened: readonly Shortened[] = []) {
    this.#shortened = new Map(shortened.map((one) => [one.metric, one]))
  }

  /** Since when everything is known that a signal reads. Epoch milliseconds; -Infinity if nothing was left out. */
  since(signal: Signal): number {
    const sources = Array.from(planSources([signal]).values())
    return Math.max(-Infinity, ...sources.map((source) => this.#sinceOf(source)))
  }

  /** Whether the windows of a signal that end at a moment are known as a whole. */
  covers(signal: Signal, at: number): boolean {
    return Array.from(planSources([signal]).values()).every(
      (source) => at - source.spanMinutes * MINUTE_MS >= this.#sinceOf(source),
    )
  }

  #sinceOf({ metric, spanMinutes }: SourceDefinition): number {
    const shortened = this.#shortened.get(metric)
    if (shortened === undefined) return -Infinity
    return spanMinutes < SPAN_BY_HOURS ? shortened.minutesSince : shortened.hoursSince
  }
}

/** Fills windows with what the reader answered. */
export function takePast(windows: Windows, { shortened, ...snapshot }: WindowsAnswer): KnownPast {
  windows.restore(snapshot)
  return new KnownPast(shortened)
}
