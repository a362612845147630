/** A simulated history as one file of OpenMetrics, for `promtool tsdb create-blocks-from openmetrics`. */
import type { SimulatedHour } from '../simulate/history.ts'
import { SampledHistory } from '../simulate/sampled-history.ts'
import type { HistoryOutput } from './history-output.ts'
import { PartFile } from './part-file.ts'
import type { FileChoice } from './part-file.ts'

export class OpenMetricsFile implements HistoryOutput {
  readonly #file: PartFile
  readonly #history: SampledHistory

  /** @param stepMs between two samples of a series */
  constructor(path: string, stepMs: number, choice: FileChoice) {
    this.#file = new PartFile(path, choice)
    this.#history = new SampledHistory(stepMs)
  }

  add(hour: SimulatedHour): void {
    this.#history.add(hour)
  }

  finish(): void {
    for (const text of this.#history.render()) this.#file.write(text)
    this.#file.finish()
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]()
  }
}
