/** The history as Prometheus would have scraped it: all series, cumulative, every so often. */
import { CardinalityGuard, ExpositionHistory, labelValues, measure, Registry } from '@ragmeter/core'
import type { SimulatedHour } from './history.ts'
import { ENVIRONMENT } from './scenario.ts'

export class SampledHistory {
  readonly #stepMs: number
  readonly #registry = new Registry({ guard: new CardinalityGuard(() => undefined), exponential: false })
  // Batch jobs are told apart by their job, which a gateway or a scrape would have added.
  readonly #history = new ExpositionHistory({ environment: ENVIRONMENT, job: ENVIRONMENT })
  /** End of the step that is being filled. */
  #next = Number.NaN
  #end = Number.NaN

  /** @param stepMs between two samples; an hour is a multiple of it, or it of an hour */
  constructor(stepMs: number) {
    this.#stepMs = stepMs
  }

  add({ from, to, requests, gauges }: SimulatedHour): void {
    if (Number.isNaN(this.#next)) this.#next = this.#after(from)
    let request = 0
    let gauge = 0
    for (;;) {
      const end = Math.min(this.#next, to)
      for (let one = gauges[gauge]; one !== undefined && one.at < end; one = gauges[++gauge]) {
        const { metric, labels, value } = one
        const stated = labelValues(metric, labels)
        this.#registry.merge(metric, stated, {
          type: 'gauge',
          metric: metric.name,
          labels: {},
          minute: 0,
          value,
        })
      }
      for (let one = requests[request]; one !== undefined && one.timestamp < end; one = requests[++request]) {
        measure(one, this.#registry)
      }
      if (this.#next > to) break
      this.#sample(this.#next)
      this.#next += this.#stepMs
    }
    this.#end = to
  }

  /** All of it, in chunks. */
  render(): IterableIterator<string> {
    // What came after the last full step.
    if (this.#end > this.#next - this.#stepMs) this.#sample(this.#end)
    return this.#history.render()
  }

  #sample(at: number): void {
    this.#history.sample(this.#registry, at)
  }

  #after(moment: number): number {
    return (Math.floor(moment / this.#stepMs) + 1) * this.#stepMs
  }
}
