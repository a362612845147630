/** What axe finds on a page, by rule and place; serious and critical only. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

interface AxeViolation {
  id: string
  impact: string | null
  nodes: { target: string[]; failureSummary?: string }[]
}

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const RUN = `window.axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
  // What passes need not be described, which takes most of the time.
  resultTypes: ['violations'],
}).then(({ violations }) => violations)`

/** Run from the outside, past the policy of the page, which would refuse the script. */
export async function seriousViolations(page: Page): Promise<string[]> {
  const violations = (await page.evaluate(`(() => { ${source}; return ${RUN} })()`)) as AxeViolation[]
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) =>
          `${id}: ${target.join(' ')} ${failureSummary.replaceAll('\n', ' ').slice(0, 200)}`,
      ),
    )
}
