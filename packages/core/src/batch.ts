/** What travels in one POST /ingest, parsed. The wire form is in docs/formats/wire.md. */
import type { TraceEvent } from './event.ts'
import type { IssueCode } from './errors.ts'
import type { LedgerRow } from './ledger.ts'
import type { Measurement } from './measurement.ts'
import type { ParseIssue } from './issue.ts'

export interface ClientInfo {
  name?: string | undefined
  version?: string | undefined
  /** Identity of one process: sequence numbers count within it. */
  instance: string
}

/** What is the same for all traces of a batch. */
export interface Resource {
  service?: string | undefined
  environment?: string | undefined
  release?: string | undefined
}

export interface ParsedBatch {
  client?: ClientInfo | undefined
  /** 1, 2, 3 ... within a client instance. With `client` it makes a retry recognisable. */
  sequence?: number | undefined
  /** The client sends no more after this batch. */
  closed: boolean
  resource: Resource
  /** Accepted traces with their position in the batch; `undated` if they state no start. */
  traces: { index: number; event: TraceEvent; undated: boolean }[]
  /** Traces in the body, rejected ones included. */
  traceCount: number
  /** Absent if the client measures nothing: the daemon then measures each trace. */
  measurements: Measurement[] | undefined
  /** Measurements in the body, rejected ones included. */
  measurementCount: number
  ledger: LedgerRow[]
  /** Ledger rows in the body, rejected ones included. */
  ledgerRowCount: number
  /** What the client dropped since its last batch, by reason. */
  dropped: Record<string, number>
  /** Errors reject their item; warnings drop a field of it. At most LIMITS.issuesReportedMax of each. */
  issues: ParseIssue[]
  /** All issues by code, those that are not in `issues` too. */
  issueCounts: Partial<Record<IssueCode, number>>
  /** Issues that are counted but not in `issues`. */
  issuesOmitted: number
}
