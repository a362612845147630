/** The page of `/metrics`: rendered in pieces, so that the event loop is never held for long. */
import { renderRegistry } from '@ragmeter/core'
import type { ExpositionFormat, Registry } from '@ragmeter/core'
import type { CommittedUpdate, StorageState } from '../store/store.ts'
import type { StageReport } from '../lib/stage-report.ts'
import { turnOfTheLoop } from '../lib/turn-of-the-loop.ts'
import type { LifetimeMetrics } from './lifetime-metrics.ts'
import type { SelfMetrics } from './self-metrics.ts'

export interface MetricsPageOptions {
  lifetime: LifetimeMetrics
  /** What is spent of the budgets. */
  budgets: Registry
  self: SelfMetrics
  /** Of the store, whose commits arrive here. */
  storeReport: StageReport
  /** Asks for the state of the database. */
  storage: { ask(waitMs: number): Promise<{ state: StorageState | undefined }> }
  /** Epoch milliseconds. */
  now: () => number
  /** Milliseconds of any origin, which no setting of a clock moves. */
  monotonic: () => number
}

/** The state of the database is asked for at most so often; a scrape never waits for it. */
const STORAGE_STATE_MAX_AGE_MS = 5000
const STORAGE_WAIT_MS = 2000
/** Commits held back for the sake of one page; more can only gather if scrapes never cease to overlap. */
const WAITING_MAX = 1000

export class MetricsPage {
  readonly #options: MetricsPageOptions
  /** Commits that arrived during a rendering: a page shows one moment, not several. */
  readonly #waiting: CommittedUpdate[] = []
  readonly #running = new Map<ExpositionFormat, Promise<Buffer>>()
  #storageAskedAt = -Infinity

  constructor(options: MetricsPageOptions) {
    this.#options = options
    this.#askStorage()
  }

  /** To be called after every commit, with what it added. */
  committed(update: CommittedUpdate): void {
    this.#options.self.committed(update.report, this.#options.storeReport)
    if (this.#running.size > 0 && this.#waiting.length < WAITING_MAX) this.#waiting.push(update)
    else {
      this.#catchUp()
      this.#options.lifetime.apply(update, this.#options.now())
    }
  }

  /** Scrapes at the same time share one rendering. */
  render(format: ExpositionFormat): Promise<Buffer> {
    const running = this.#running.get(format)
    if (running !== undefined) return running
    if (this.#running.size === 0) {
      this.#askStorage()
      this.#options.lifetime.prepare(this.#options.now())
      this.#options.self.prepare()
    }
    const rendering = this.#render(format).finally(() => {
      this.#running.delete(format)
      if (this.#running.size === 0) this.#catchUp()
    })
    this.#running.set(format, rendering)
    return rendering
  }

  async #render(format: ExpositionFormat): Promise<Buffer> {
    const { lifetime, budgets, self } = this.#options
    const chunks: Buffer[] = []
    for (const part of [
      renderRegistry(lifetime.registry, format, false, (metric, labels) =>
        lifetime.totalAtRest(metric, labels),
      ),
      renderRegistry(lifetime.seriesCounts, format, false),
      renderRegistry(budgets, format, false),
      renderRegistry(self.registry, format),
    ]) {
      for (const chunk of part) {
        chunks.push(Buffer.from(chunk))
        await turnOfTheLoop()
      }
    }
    return Buffer.concat(chunks)
  }

  #catchUp(): void {
    for (const update of this.#waiting.splice(0)) this.#options.lifetime.apply(update, this.#options.now())
  }

  #askStorage(): void {
    const now = this.#options.monotonic()
    if (now - this.#storageAskedAt < STORAGE_STATE_MAX_AGE_MS) return
    this.#storageAskedAt = now
    this.#options.storage.ask(STORAGE_WAIT_MS).then(
      ({ state }) => {
        if (state !== undefined) this.#options.self.storage(state)
      },
      // A database that does not answer is told by GET /health; the page shows the last state known.
      () => {},
    )
  }
}
