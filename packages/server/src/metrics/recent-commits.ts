/** The times of the latest commits: `/metrics` has a histogram since the start, which says little about now. */
import type { CommitTimes } from '../lib/daemon-load.ts'

/** At one commit a second, the last minutes. */
const COMMITS_MAX = 256

export class RecentCommits {
  readonly #durationsMs: number[] = []
  #next = 0

  add(durationMs: number): void {
    this.#durationsMs[this.#next] = durationMs
    this.#next = (this.#next + 1) % COMMITS_MAX
  }

  /** @returns null before the first commit: no time is not zero */
  times(): CommitTimes | null {
    const sorted = this.#durationsMs.toSorted((left, right) => left - right)
    const maxMs = sorted.at(-1)
    if (maxMs === undefined) return null
    const rank = (quantile: number) => sorted[Math.ceil(quantile * sorted.length) - 1] ?? maxMs
    return { count: sorted.length, p50Ms: rank(0.5), p95Ms: rank(0.95), maxMs }
  }
}
