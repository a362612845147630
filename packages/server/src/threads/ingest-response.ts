/** The 200 answer of the ingest routes. */
import type { ParsedBatch, ParseIssue } from '@ragmeter/core'

/** What was refused of a batch that was stored. */
export interface Rejected {
  traces: number
  measurements: number
  ledgerRows: number
}

type Issues = Pick<ParsedBatch, 'issues' | 'issuesOmitted'>

export function rejectedOf(batch: ParsedBatch): Rejected {
  return {
    traces: batch.traceCount - batch.traces.length,
    measurements: batch.measurementCount - (batch.measurements?.length ?? 0),
    ledgerRows: batch.ledgerRowCount - batch.ledger.length,
  }
}

/** @param duplicate the whole batch had been stored before */
export function batchResponse(batch: ParsedBatch, rejected: Rejected, duplicate: boolean): string {
  return JSON.stringify({
    // `dropped` is what existing clients look at.
    ...answer(batch.traces.length, rejected.traces, batch),
    rejected_measurements: rejected.measurements,
    rejected_ledger_rows: rejected.ledgerRows,
    ...(duplicate ? { duplicate: true } : {}),
  })
}

/** For feedback and scores. @param rejected items of the body that were refused */
export function lateEventsResponse(accepted: number, rejected: number, issues: Issues): string {
  return JSON.stringify(answer(accepted, rejected, issues))
}

function answer(accepted: number, dropped: number, { issues, issuesOmitted }: Issues) {
  const rejected = issues.filter(({ severity }) => severity === 'error')
  const warnings = issues.filter(({ severity }) => severity === 'warning')
  return {
    accepted,
    dropped,
    rejected: rejected.map(issueText),
    ...(warnings.length > 0 ? { warnings: warnings.map(issueText) } : {}),
    ...(issuesOmitted > 0 ? { issues_omitted: issuesOmitted } : {}),
  }
}

function issueText({ index, code, path, got, hint }: ParseIssue) {
  return { index, code, path, message: `${path}: ${code.replaceAll('_', ' ')}, got ${got}`, hint }
}
