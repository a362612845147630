/** What of each page is looked at: by people as pictures, and by the test of all pages. */
import { PAGE_LIST } from '../../packages/ui/src/app/page-list.ts'
import type { PageHref } from '../../packages/ui/src/app/page-list.ts'
import { RICH_ID } from './known-traces.ts'

export interface Screen {
  name: string
  path: string
}

/** States of a page that look different from the one it opens with. */
const MORE: Readonly<Partial<Record<PageHref, readonly Screen[]>>> = {
  '/': [
    { name: 'overview-compare', path: '/?compare=1&from=now-6h' },
    { name: 'overview-retrieval', path: '/?tab=retrieval' },
    { name: 'overview-llm', path: '/?tab=llm' },
    { name: 'overview-errors', path: '/?tab=errors' },
    { name: 'overview-stores', path: '/?tab=stores' },
  ],
  '/traces': [
    { name: 'traces-open', path: `/traces/${RICH_ID}` },
    { name: 'traces-filter', path: '/traces?q=status:error+latency>1s' },
    { name: 'traces-problem', path: '/traces?q=staus:error' },
  ],
  '/retrieval': [
    { name: 'retrieval-gaps', path: '/retrieval?service=help-centre&tab=gaps' },
    { name: 'retrieval-documents', path: '/retrieval?service=help-centre&tab=documents' },
    { name: 'retrieval-bad', path: '/retrieval?tab=documents&order=bad' },
  ],
  '/costs': [
    { name: 'costs-model', path: '/costs?period=30d&group=model' },
    { name: 'costs-month', path: '/costs?period=90d&group=month' },
  ],
  '/alerts': [
    { name: 'alerts-history', path: '/alerts?tab=history' },
    { name: 'alerts-silences', path: '/alerts?tab=silences' },
    { name: 'alerts-silence', path: '/alerts?tab=silences&silence=new' },
    { name: 'alerts-delivery', path: '/alerts?tab=delivery' },
    { name: 'alerts-runbook', path: '/alerts?runbook=RagHighErrorRate' },
  ],
  '/errors': [{ name: 'errors-examples', path: '/errors?type=llm_error' }],
}

/** Every page, and what else there is to see of it. */
export const SCREENS: readonly Screen[] = PAGE_LIST.flatMap(({ href, title }) => [
  { name: title.toLowerCase(), path: href },
  ...(MORE[href] ?? []),
])

/** What there is to see while alerts fire. @param id of one of them */
export function alertScreens(id: string): readonly Screen[] {
  const withAlerts = SCREENS.filter(({ name }) => /^(?:alerts|slos|overview$)/.test(name))
  return [...withAlerts, { name: 'alert-open', path: `/alerts/${id}` }]
}
