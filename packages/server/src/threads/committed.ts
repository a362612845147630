/** What became of a group of bodies, as the writer hands it on after the commit. */
import type { JournalEntry } from '../rollup/rollup.ts'
import type { CommitReport, IngestOutcome } from '../store/store.ts'

/** What a committed group adds, besides its answers. */
export interface Committed {
  outcomes: IngestOutcome[]
  /** JSON of the JournalEntry: as it lies in the journal, so it is made once. Null if the group adds nothing. */
  entry: string | null
  seen: { service: string; at: number }[]
  report: CommitReport
}

export function emptyReport(bodies: number): CommitReport {
  return {
    bodies,
    tracesStored: 0,
    tracesDuplicate: 0,
    tracesRejected: 0,
    measurementsRejected: 0,
    ledgerRowsRejected: 0,
    issues: {},
    durationMs: 0,
    commitMs: 0,
  }
}

/** Groups that were committed one after the other as one. */
export function mergeCommitted(parts: readonly Committed[]): Committed {
  const report = emptyReport(0)
  for (const part of parts) {
    report.bodies += part.report.bodies
    report.tracesStored += part.report.tracesStored
    report.tracesDuplicate += part.report.tracesDuplicate
    report.tracesRejected += part.report.tracesRejected
    report.measurementsRejected += part.report.measurementsRejected
    report.ledgerRowsRejected += part.report.ledgerRowsRejected
    addCounts(report.issues, part.report.issues)
    report.durationMs += part.report.durationMs
    report.commitMs += part.report.commitMs
  }
  return {
    outcomes: parts.flatMap(({ outcomes }) => outcomes),
    entry: mergeEntries(parts.flatMap(({ entry }) => entry ?? [])),
    seen: parts.flatMap(({ seen }) => seen),
    report,
  }
}

function mergeEntries(texts: readonly string[]): string | null {
  if (texts.length <= 1) return texts[0] ?? null
  const entries = texts.map((text) => JSON.parse(text) as JournalEntry)
  const merged: JournalEntry = {
    measurements: entries.flatMap(({ measurements }) => measurements),
    ledger: entries.flatMap(({ ledger }) => ledger),
    gauges: entries.flatMap(({ gauges }) => gauges),
  }
  return JSON.stringify(merged)
}

export function addCounts(
  counts: Record<string, number>,
  added: Readonly<Partial<Record<string, number>>>,
): void {
  for (const [name, count] of Object.entries(added)) counts[name] = (counts[name] ?? 0) + (count ?? 0)
}
