/** How a stage tells about itself: the daemon's own metrics have one set of series per stage. */

export interface StageReport {
  /** Items that passed: bodies, traces, scrapes, queries. */
  accepted(count: number): void
  /** Items that did not, by a reason out of a closed set (an error code). */
  dropped(reason: string, count: number): void
  /** How long the stage took for one of its calls. */
  took(durationMs: number): void
}
