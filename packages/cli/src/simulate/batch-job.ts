/** The batch job of the scenario: every hour it brings the index of the document store up to date. */
import { HOUR_MS, METRICS, MINUTE_MS } from '@ragmeter/core'
import type { MetricDefinition } from '@ragmeter/core'
import { conditionsAt } from './incidents.ts'
import type { Incident } from './incidents.ts'
import { createRandom } from './random.ts'
import { DOCUMENT_STORE } from './scenario.ts'

const MS_PER_SECOND = 1000
const STARTS_AFTER_MS = 3 * MINUTE_MS
/** What its last runs were is known from the hours before: a run ends within the hour it begins in. */
export const LOOK_BACK_MS = 2 * HOUR_MS

interface Run {
  readonly endsAt: number
  readonly durationMs: number
  readonly records: number
  readonly succeeded: boolean
}

/** What the job has pushed last; each gauge in its unit. @param incidents all that end after {@link LOOK_BACK_MS} before then */
export function readBatchJob(
  incidents: readonly Incident[],
  at: number,
): (readonly [MetricDefinition, number])[] {
  const last = latestRun(incidents, at, () => true)
  const succeeded = latestRun(incidents, at, (run) => run.succeeded)
  return [
    [METRICS.jobLastSuccess, succeeded.endsAt / MS_PER_SECOND],
    [METRICS.jobLastRunFailed, last.succeeded ? 0 : 1],
    [METRICS.jobDuration, last.durationMs / MS_PER_SECOND],
    [METRICS.jobProcessedRecords, last.records],
    [METRICS.jobExpectedInterval, HOUR_MS / MS_PER_SECOND],
  ]
}

/** The latest one that is over and meets the condition. Incidents end, so that there is one. */
function latestRun(incidents: readonly Incident[], at: number, isMeant: (run: Run) => boolean): Run {
  for (let hour = Math.floor(at / HOUR_MS); ; hour -= 1) {
    const run = runOf(incidents, hour)
    if (run !== undefined && run.endsAt <= at && isMeant(run)) return run
  }
}

function runOf(incidents: readonly Incident[], hour: number): Run | undefined {
  const beginsAt = hour * HOUR_MS + STARTS_AFTER_MS
  const { batchJob } = conditionsAt(incidents, beginsAt, DOCUMENT_STORE)
  if (batchJob === 'does not run') return undefined
  const random = createRandom(8, hour)
  const succeeded = batchJob === 'succeeds'
  // A run that fails does so early, and has done nothing.
  const durationMs = Math.round(random.between(4, 9) * (succeeded ? 1 : 0.2) * MINUTE_MS)
  const records = succeeded ? random.integer(900, 1600) : 0
  return { endsAt: beginsAt + durationMs, durationMs, records, succeeded }
}
