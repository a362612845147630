/** What fires and why, what fired before, what is silenced, and who was told. */
import { Stack, Tabs, Title, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ReactElement } from 'react'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { usePageState } from '../../lib/url-state.ts'
import { AlertFigures } from './alert-figures.tsx'
import { attemptsQuery, silencesQuery } from './alert-queries.ts'
import { NowTab } from './now-tab.tsx'
import { SilenceDialog } from './silences/silence-dialog.tsx'
import { notificationRows } from './delivery/notification-rows.ts'

const AlertDetail = lazy(async () => ({ default: (await import('./detail/alert-detail.tsx')).AlertDetail }))
const RunbookDialog = lazy(async () => ({
  default: (await import('./detail/runbook-dialog.tsx')).RunbookDialog,
}))

const TABS = [
  { value: 'now', label: 'Now', Content: NowTab },
  {
    value: 'history',
    label: 'History',
    Content: lazy(async () => ({ default: (await import('./history-tab.tsx')).HistoryTab })),
  },
  {
    value: 'silences',
    label: 'Silences',
    Content: lazy(async () => ({ default: (await import('./silences/silences-tab.tsx')).SilencesTab })),
  },
  {
    value: 'delivery',
    label: 'Delivery',
    Content: lazy(async () => ({ default: (await import('./delivery/delivery-tab.tsx')).DeliveryTab })),
  },
] as const
const VALUES = TABS.map(({ value }) => value)

export function AlertsPage(): ReactElement {
  const { id } = useParams({ strict: false }) as { id?: string }
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <Title order={1}>{id === undefined ? 'Alerts' : 'Alert'}</Title>
      </VisuallyHidden>
      {id === undefined ? (
        <AlertList />
      ) : (
        <Suspense fallback={<PageSkeleton />}>
          <AlertDetail key={id} id={id} />
        </Suspense>
      )}
      <SilenceDialog />
      <Suspense fallback={null}>
        <RunbookDialog />
      </Suspense>
    </Stack>
  )
}

function AlertList(): ReactElement {
  const [tab, setTab] = usePageState('tab', VALUES, 'now')
  const counts = useTabCounts()
  return (
    <>
      <AlertFigures />
      <Tabs
        value={tab}
        onChange={(value) => setTab(VALUES.find((candidate) => candidate === value) ?? 'now')}
        keepMounted={false}
      >
        <Tabs.List aria-label="Views of alerts" mb="md">
          {TABS.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {`${label}${counts[value] ?? ''}`}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map(({ value, Content }) => (
          <Tabs.Panel key={value} value={value}>
            <Suspense fallback={<PageSkeleton />}>
              <Content />
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}

/** What one should see without opening the tab: silences that hold, notifications that nobody got. */
function useTabCounts(): Partial<Record<(typeof VALUES)[number], string>> {
  const { data: silences } = useQuery(silencesQuery)
  const { data: attempts } = useQuery(attemptsQuery)
  const active = silences?.filter(({ state }) => state === 'active').length ?? 0
  const dead = notificationRows(attempts ?? []).filter(({ fate }) => fate === 'dead').length
  return {
    ...(active === 0 ? {} : { silences: ` (${active})` }),
    ...(dead === 0 ? {} : { delivery: ` (${dead} given up)` }),
  }
}
