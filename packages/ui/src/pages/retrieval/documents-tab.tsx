/** What becomes of each document, where applications send their ids; from kept traces. */
import { Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { CsvButton } from '../../components/csv-button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { EstimateBadge } from '../../components/estimate-badge.tsx'
import { Waiting } from '../../components/waiting.tsx'
import { usePageState } from '../../lib/url-state.ts'
import { useView } from '../../lib/view.ts'
import { BasisNote } from './basis-note.tsx'
import { documentsCsv, documentNotes, NO_ROWS, ORDER_NAMES, ORDER_NOTES } from './document-texts.ts'
import { DocumentsTable } from './documents-table.tsx'
import { askDocuments, EXPORT_ROWS_MAX, useDocuments } from './retrieval-queries.ts'
import type { DocumentsAnswer } from './retrieval-queries.ts'
import classes from './retrieval.module.css'
import { ORDERS, useRetrievalState } from './retrieval-state.ts'
import type { Order } from './retrieval-state.ts'

export function DocumentsTab(): ReactElement {
  const view = useView()
  const state = useRetrievalState()
  const [order, setOrder] = usePageState('order', ORDERS, 'retrieved')
  const { data, error, refetch, isPlaceholderData } = useDocuments(view, state)
  return (
    <Paper component="section" p="md" aria-label="Documents">
      <Stack gap="sm">
        <Group justify="space-between" align="end" gap="sm">
          <div>
            <Group gap={6}>
              <Title order={2} fz="sm">
                Documents
              </Title>
              <EstimateBadge />
            </Group>
            <Text size="xs" c="dimmed">
              {ORDER_NOTES[order]}
            </Text>
          </div>
          <Group gap="sm" align="end">
            <SegmentedControl
              size="xs"
              aria-label="Documents"
              data={ORDERS.map((value) => ({ value, label: ORDER_NAMES[value] }))}
              value={order}
              onChange={(value) => setOrder(ORDERS.find((name) => name === value) ?? 'retrieved')}
            />
            <CsvButton
              hint={`Up to ${EXPORT_ROWS_MAX.toLocaleString('en')} documents`}
              make={async () => ({
                name: `ragmeter-documents-${order}.csv`,
                text: documentsCsv(await askDocuments(view, state, EXPORT_ROWS_MAX)),
              })}
            />
          </Group>
        </Group>
        {data !== undefined ? (
          <Content answer={data} order={order} isStale={isPlaceholderData} />
        ) : (
          <Waiting asked={{ error, refetch }} height={320} />
        )}
      </Stack>
    </Paper>
  )
}

interface ContentProps {
  answer: DocumentsAnswer
  order: Order
  /** The answer is still that of the order before. */
  isStale: boolean
}

function Content({ answer, order, isStale }: ContentProps): ReactElement {
  const { based_on: basis, with_ids: withIds, documents } = answer
  if (basis.traces === 0) {
    return (
      <EmptyState title="No trace with documents in this range">
        Choose a longer range, another service or another retriever.
      </EmptyState>
    )
  }
  if (withIds.traces === 0) {
    return (
      <EmptyState title="No application sends the ids of its documents">
        trace.retrieval of the SDK reads them from what the retriever returns, if its documents have an id.
        Over HTTP send retrieval.documents with an id each.
      </EmptyState>
    )
  }
  return (
    <>
      {documents.length === 0 && !isStale ? (
        <EmptyState title={NO_ROWS[order]} height={160} />
      ) : (
        <div className={classes['rows']} aria-busy={isStale}>
          <DocumentsTable answer={answer} order={order} />
        </div>
      )}
      <Stack gap={2}>
        {documentNotes(answer).map((text) => (
          <Text key={text} size="xs" c="dimmed">
            {text}
          </Text>
        ))}
        <BasisNote basis={basis} what="kept traces that found documents" />
      </Stack>
    </>
  )
}
