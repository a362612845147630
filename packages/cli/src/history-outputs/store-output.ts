/** A simulated history in the database of a daemon that does not run. */
import { openHistory } from '@ragmeter/server'
import type { HistoryReport, HistoryWriter, ServerConfig } from '@ragmeter/server'
import type { SimulatedHour } from '../simulate/history.ts'
import type { HistoryOutput } from './history-output.ts'

export class StoreOutput implements HistoryOutput {
  readonly #writer: HistoryWriter
  #report: HistoryReport | undefined

  /** @param now epoch milliseconds @throws StoreError `in_use`, `not_empty`, `fatal`, `retryable` */
  constructor(config: ServerConfig, now: number) {
    this.#writer = openHistory(config, now)
  }

  get path(): string {
    return this.#writer.path
  }

  /** What the database holds; undefined before the end. */
  get report(): HistoryReport | undefined {
    return this.#report
  }

  add({ requests, gauges }: SimulatedHour): void {
    let next = 0
    for (const { metric, labels, at, value } of gauges) {
      // In the order of time: each change of the minute or the hour is written.
      for (let one = requests[next]; one !== undefined && one.timestamp < at; one = requests[++next])
        this.#writer.add(one)
      this.#writer.setGauge({ metric: metric.name, labels, at, value })
    }
    for (const one of requests.slice(next)) this.#writer.add(one)
  }

  finish(): void {
    this.#report = this.#writer.commit()
  }

  [Symbol.dispose](): void {
    this.#writer[Symbol.dispose]()
  }
}
