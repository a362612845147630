/** What parsing says about an item: which rule it breaks, where, what was there, and how to fix it. */
import type { IssueCode } from './errors.ts'

export interface ParseIssue {
  code: IssueCode
  /** `error`: the item is rejected. `warning`: the field is dropped or repaired, the item is kept. */
  severity: 'error' | 'warning'
  /** Position of the item in its list; 0 for a field of the batch itself. */
  index: number
  /** Path within the batch, e.g. `traces[3].total_latency_ms` or `client.instance`. */
  path: string
  /** What was there, shortened; never text of a query or an answer. */
  got: string
  /** What to do. */
  hint: string
}
