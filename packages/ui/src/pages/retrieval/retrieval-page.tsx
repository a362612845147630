/** How well documents are found: its health over time, the questions they do not answer, and what becomes of them. */
import { Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import type { ReactElement } from 'react'
import { PageTabs } from '../../components/page-tabs.tsx'
import { useView } from '../../lib/view.ts'
import { lazyPart } from '../../lib/load-part.ts'
import { HealthFigures } from './health-figures.tsx'
import { RetrieverPicker } from './retriever-picker.tsx'

const TABS = [
  {
    value: 'health',
    label: 'Over time',
    Content: lazyPart(async () => (await import('./health-tab.tsx')).HealthTab),
  },
  {
    value: 'gaps',
    label: 'Knowledge gaps',
    Content: lazyPart(async () => (await import('./gaps-tab.tsx')).GapsTab),
  },
  {
    value: 'documents',
    label: 'Documents',
    Content: lazyPart(async () => (await import('./documents-tab.tsx')).DocumentsTab),
  },
] as const

export function RetrievalPage(): ReactElement {
  const { environment } = useView()
  return (
    <Stack gap="sm">
      <VisuallyHidden>
        <Title order={1}>Retrieval</Title>
      </VisuallyHidden>
      {environment !== undefined && (
        <Text size="xs" c="dimmed" role="note" style={{ overflowWrap: 'anywhere' }}>
          {`Figures and charts count all environments: metrics have no such label. Gaps and documents are those of ${environment}.`}
        </Text>
      )}
      <HealthFigures />
      <PageTabs name="Views of retrieval" tabs={TABS} aside={<RetrieverPicker />} />
    </Stack>
  )
}
