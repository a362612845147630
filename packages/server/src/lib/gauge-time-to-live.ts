/**
 * How long the value of a gauge that one instance stated counts beside those of others: on `/metrics`, and for alerts. Longer
 * than any usual interval of flushing; a process that is gone has no queue.
 */
export const GAUGE_TIME_TO_LIVE_MS = 5 * 60_000
