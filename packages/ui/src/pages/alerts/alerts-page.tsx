/** What fires and why, what fired before, what is silenced, and who was told. */
import { Stack, Title, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Suspense } from 'react'
import type { ReactElement } from 'react'
import { lazyPart } from '../../lib/load-part.ts'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { PageTabs } from '../../components/page-tabs.tsx'
import { AlertFigures } from './alert-figures.tsx'
import { attemptsQuery, silencesQuery } from './alert-queries.ts'
import { NowTab } from './now-tab.tsx'
import { SilenceDialog } from './silences/silence-dialog.tsx'
import { notificationRows } from './delivery/notification-rows.ts'

const AlertDetail = lazyPart(async () => (await import('./detail/alert-detail.tsx')).AlertDetail)
const RunbookDialog = lazyPart(async () => (await import('./detail/runbook-dialog.tsx')).RunbookDialog)

const TABS = [
  { value: 'now', label: 'Now', Content: NowTab },
  {
    value: 'history',
    label: 'History',
    Content: lazyPart(async () => (await import('./history-tab.tsx')).HistoryTab),
  },
  {
    value: 'silences',
    label: 'Silences',
    Content: lazyPart(async () => (await import('./silences/silences-tab.tsx')).SilencesTab),
  },
  {
    value: 'delivery',
    label: 'Delivery',
    Content: lazyPart(async () => (await import('./delivery/delivery-tab.tsx')).DeliveryTab),
  },
] as const

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
  const notes = useTabNotes()
  return (
    <>
      <AlertFigures />
      <PageTabs name="Views of alerts" tabs={TABS} notes={notes} />
    </>
  )
}

/** What one should see without opening the tab: silences that hold, notifications that nobody got. */
function useTabNotes(): Partial<Record<(typeof TABS)[number]['value'], string>> {
  const { data: silences } = useQuery(silencesQuery)
  const { data: attempts } = useQuery(attemptsQuery)
  const active = silences?.filter(({ state }) => state === 'active').length ?? 0
  const dead = notificationRows(attempts ?? []).filter(({ fate }) => fate === 'dead').length
  return {
    ...(active === 0 ? {} : { silences: ` (${active})` }),
    ...(dead === 0 ? {} : { delivery: ` (${dead} given up)` }),
  }
}
