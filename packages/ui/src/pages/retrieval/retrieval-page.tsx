/** How well documents are found: its health over time, the questions they do not answer, and what becomes of them. */
import { Group, Stack, Tabs, Text, Title, VisuallyHidden } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { ReactElement } from 'react'
import { PageSkeleton } from '../../components/page-skeleton.tsx'
import { usePageState } from '../../lib/url-state.ts'
import { useView } from '../../lib/view.ts'
import { HealthFigures } from './health-figures.tsx'
import { RetrieverPicker } from './retriever-picker.tsx'

const TABS = [
  {
    value: 'health',
    label: 'Over time',
    Content: lazy(async () => ({ default: (await import('./health-tab.tsx')).HealthTab })),
  },
  {
    value: 'gaps',
    label: 'Knowledge gaps',
    Content: lazy(async () => ({ default: (await import('./gaps-tab.tsx')).GapsTab })),
  },
  {
    value: 'documents',
    label: 'Documents',
    Content: lazy(async () => ({ default: (await import('./documents-tab.tsx')).DocumentsTab })),
  },
] as const
const VALUES = TABS.map(({ value }) => value)

export function RetrievalPage(): ReactElement {
  const [tab, setTab] = usePageState('tab', VALUES, 'health')
  const { environment } = useView()
  return (
    <Stack gap="sm">
      <VisuallyHidden>
        <Title order={1}>Retrieval</Title>
      </VisuallyHidden>
      <HealthFigures />
      <Tabs
        value={tab}
        onChange={(value) => setTab(VALUES.find((candidate) => candidate === value) ?? 'health')}
        keepMounted={false}
      >
        <Group justify="space-between" align="end" gap="xs" mb="sm">
          <Tabs.List aria-label="Views of retrieval" flex={1} miw={300}>
            {TABS.map(({ value, label }) => (
              <Tabs.Tab key={value} value={value}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <RetrieverPicker />
        </Group>
        {environment !== undefined && (
          <Text size="xs" c="dimmed" mb="xs">
            {`Figures and charts count all environments: metrics have no such label. Gaps and documents are those of ${environment}.`}
          </Text>
        )}
        {TABS.map(({ value, Content }) => (
          <Tabs.Panel key={value} value={value}>
            <Suspense fallback={<PageSkeleton />}>
              <Content />
            </Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  )
}
