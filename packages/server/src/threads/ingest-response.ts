/** The 200 answer of the ingest routes. */
import { LIMITS } from '@ragmeter/core'
import type { ParseIssue } from '@ragmeter/core'

/**
 * `dropped` is what existing clients look at. At most LIMITS.issuesReportedMax issues are listed, rejections first.
 * @param duplicate the whole batch had been stored before
 */
export function responseText(
  accepted: number,
  dropped: number,
  issues: readonly ParseIssue[],
  duplicate: boolean,
): string {
  if (issues.length === 0 && !duplicate) return `{"accepted":${accepted},"dropped":${dropped},"rejected":[]}`
  const errors = issues.filter(({ severity }) => severity === 'error')
  const warnings = issues.filter(({ severity }) => severity === 'warning')
  const rejected = errors.slice(0, LIMITS.issuesReportedMax)
  const repaired = warnings.slice(0, LIMITS.issuesReportedMax - rejected.length)
  const omitted = issues.length - rejected.length - repaired.length
  return JSON.stringify({
    accepted,
    dropped,
    rejected: rejected.map(issueText),
    ...(repaired.length > 0 ? { warnings: repaired.map(issueText) } : {}),
    ...(omitted > 0 ? { issues_omitted: omitted } : {}),
    ...(duplicate ? { duplicate: true } : {}),
  })
}

function issueText({ index, code, path, got, hint }: ParseIssue) {
  return { index, code, path, message: `${path}: ${code.replaceAll('_', ' ')}, got ${got}`, hint }
}

/** Adds the issues to counts by code. */
export function issueCounts(issues: readonly ParseIssue[], counts: Record<string, number>): void {
  for (const { code } of issues) counts[code] = (counts[code] ?? 0) + 1
}
