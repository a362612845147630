/** A simulated history as two files of CSV in a folder. */
import { join } from 'node:path'
import { DailyTotals, DAYS_HEADER, requestLine, REQUESTS_HEADER } from '../simulate/csv.ts'
import type { SimulatedHour } from '../simulate/history.ts'
import type { HistoryOutput } from './history-output.ts'
import { PartFile } from './part-file.ts'
import type { FileChoice } from './part-file.ts'

export class CsvFiles implements HistoryOutput {
  readonly #requests: PartFile
  readonly #days: PartFile
  readonly #totals = new DailyTotals()

  constructor(folder: string, choice: FileChoice) {
    this.#requests = new PartFile(join(folder, 'requests.csv'), choice)
    try {
      this.#days = new PartFile(join(folder, 'daily.csv'), choice)
    } catch (error) {
      this.#requests[Symbol.dispose]()
      throw error
    }
    this.#requests.write(REQUESTS_HEADER)
    this.#days.write(DAYS_HEADER)
  }

  add({ requests }: SimulatedHour): void {
    for (const event of requests) {
      this.#requests.write(requestLine(event))
      this.#days.write(this.#totals.add(event))
    }
  }

  finish(): void {
    this.#days.write(this.#totals.end())
    this.#requests.finish()
    this.#days.finish()
  }

  [Symbol.dispose](): void {
    this.#requests[Symbol.dispose]()
    this.#days[Symbol.dispose]()
  }
}
