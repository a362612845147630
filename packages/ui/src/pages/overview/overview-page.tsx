/** The one page on the wall: eight figures, four charts, and the rest in tabs that load when they are opened. */
import { Anchor, SimpleGrid, Stack, VisuallyHidden } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { PageTabs } from '../../components/page-tabs.tsx'
import { lazyPart } from '../../lib/load-part.ts'
import { Figures } from './figures.tsx'
import { MainCharts } from './main-charts.tsx'
import { useNothingMeasured } from './use-nothing-measured.ts'

const TABS = [
  {
    value: 'latency',
    label: 'Latency',
    Content: lazyPart(async () => (await import('./latency-tab.tsx')).LatencyTab),
  },
  {
    value: 'retrieval',
    label: 'Retrieval',
    Content: lazyPart(async () => (await import('./retrieval-tab.tsx')).RetrievalTab),
  },
  {
    value: 'llm',
    label: 'LLM and cost',
    Content: lazyPart(async () => (await import('./llm-tab.tsx')).LlmTab),
  },
  {
    value: 'errors',
    label: 'Errors',
    Content: lazyPart(async () => (await import('./errors-tab.tsx')).ErrorsTab),
  },
  {
    value: 'stores',
    label: 'Cache and stores',
    Content: lazyPart(async () => (await import('./stores-tab.tsx')).StoresTab),
  },
] as const

export function OverviewPage(): ReactElement {
  const isNothingMeasured = useNothingMeasured()
  if (isNothingMeasured) return <Nothing />
  return (
    <Stack gap="sm">
      <VisuallyHidden component="h1">Overview</VisuallyHidden>
      <Figures />
      <MainCharts />
      <PageTabs name="More charts" tabs={TABS} frame={inColumns} />
    </Stack>
  )
}

function inColumns(content: ReactElement): ReactElement {
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
      {content}
    </SimpleGrid>
  )
}

function Nothing(): ReactElement {
  return (
    <>
      <VisuallyHidden component="h1">Overview</VisuallyHidden>
      <EmptyState
        height={480}
        title="No request has been measured yet"
        action={
          <Anchor component={Link} to="/setup" size="sm">
            Set up an application, or send a test trace
          </Anchor>
        }
      >
        As soon as the first one arrives, this page shows it.
      </EmptyState>
    </>
  )
}
