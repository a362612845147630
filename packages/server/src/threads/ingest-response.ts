/** The 200 answer of the ingest routes. */
import type { ParsedBatch, ParseIssue } from '@ragmeter/core'

/**
 * `dropped` is what existing clients look at.
 * @param duplicate the whole batch had been stored before
 */
export function responseText(
  accepted: number,
  dropped: number,
  { issues, issuesOmitted }: Pick<ParsedBatch, 'issues' | 'issuesOmitted'>,
  duplicate: boolean,
): string {
  if (issues.length === 0 && !duplicate) return `{"accepted":${accepted},"dropped":${dropped},"rejected":[]}`
  const rejected = issues.filter(({ severity }) => severity === 'error')
  const warnings = issues.filter(({ severity }) => severity === 'warning')
  return JSON.stringify({
    accepted,
    dropped,
    rejected: rejected.map(issueText),
    ...(warnings.length > 0 ? { warnings: warnings.map(issueText) } : {}),
    ...(issuesOmitted > 0 ? { issues_omitted: issuesOmitted } : {}),
    ...(duplicate ? { duplicate: true } : {}),
  })
}

function issueText({ index, code, path, got, hint }: ParseIssue) {
  return { index, code, path, message: `${path}: ${code.replaceAll('_', ' ')}, got ${got}`, hint }
}
