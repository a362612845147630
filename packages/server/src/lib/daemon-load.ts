/** What the daemon knows of its own load, for those who ask for it as JSON. `/metrics` has the same numbers over time. */

export interface DaemonLoad {
  /** Bodies being received or waiting for their commit. */
  inFlight: { requests: number; bytes: number }
  /** Longest time in the last one to two minutes for which the loop that answers HTTP was held. */
  eventLoopLagMs: number
  residentMemoryBytes: number
  /** The latest commits; null before the first one. */
  commits: CommitTimes | null
  /** Since the daemon started. */
  stages: { stage: string; accepted: number; dropped: Record<string, number> }[]
}

/** How long transactions took until they were on disk. */
export interface CommitTimes {
  /** How many commits the times are of: the latest, of a bounded number. */
  count: number
  p50Ms: number
  p95Ms: number
  maxMs: number
}
