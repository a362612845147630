/** Questions that the documents do not answer, from kept traces. */
import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { CsvButton } from '../../components/csv-button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { EstimateBadge } from '../../components/estimate-badge.tsx'
import { Waiting } from '../../components/waiting.tsx'
import { useView } from '../../lib/view.ts'
import { BasisNote } from './basis-note.tsx'
import { GapFilters } from './gap-filters.tsx'
import { gapsCsv, lowScoreText, othersText, summaryText } from './gap-texts.ts'
import { GapsTable } from './gaps-table.tsx'
import { askGaps, EXPORT_ROWS_MAX, useGaps } from './retrieval-queries.ts'
import type { GapsAnswer } from './retrieval-queries.ts'
import { useRetrievalState } from './retrieval-state.ts'
import classes from './retrieval.module.css'

export function GapsTab(): ReactElement {
  const view = useView()
  const state = useRetrievalState()
  const { data, error, refetch, isPlaceholderData } = useGaps(view, state)
  return (
    <Paper component="section" p="md" aria-label="Knowledge gaps">
      <Stack gap="sm">
        <Group justify="space-between" align="end" gap="sm">
          <div>
            <Group gap={6}>
              <Title order={2} fz="sm">
                Knowledge gaps
              </Title>
              <EstimateBadge />
            </Group>
            <Text size="xs" c="dimmed">
              Queries whose retrieval is empty or scores low, or whose answer failed or was rated thumbs down.
            </Text>
          </div>
          <Group gap="sm" align="end">
            <GapFilters state={state} />
            <CsvButton
              hint={`Up to ${EXPORT_ROWS_MAX.toLocaleString('en')} queries`}
              make={async () => ({
                name: 'ragmeter-knowledge-gaps.csv',
                text: gapsCsv(await askGaps(view, state, EXPORT_ROWS_MAX)),
              })}
            />
          </Group>
        </Group>
        {data !== undefined ? (
          <Content answer={data} isStale={isPlaceholderData} />
        ) : (
          <Waiting asked={{ error, refetch }} height={320} />
        )}
      </Stack>
    </Paper>
  )
}

interface ContentProps {
  answer: GapsAnswer
  /** The answer is still the one to the question before. */
  isStale: boolean
}

function Content({ answer, isStale }: ContentProps): ReactElement {
  const { reason, low, retriever } = useRetrievalState()
  const { based_on: basis, gaps } = answer
  const { service } = useView()
  const others = othersText(answer)
  if (basis.traces === 0) {
    return (
      <EmptyState title="No trace in this range">
        Gaps come from kept traces. Choose a longer range, another service or another retriever.
      </EmptyState>
    )
  }
  return (
    <>
      <Text size="sm">{summaryText(answer, reason)}</Text>
      {gaps.length === 0 ? (
        <EmptyState title="No gap found" height={160}>
          None of the queries that were looked at shows a sign of one.
        </EmptyState>
      ) : (
        <div className={classes['rows']} aria-busy={isStale}>
          <GapsTable answer={answer} retriever={retriever} />
        </div>
      )}
      <Stack gap={2}>
        {others.map((text) => (
          <Text key={text} size="xs" c="dimmed">
            {text}
          </Text>
        ))}
        <Text size="xs" c="dimmed">
          {lowScoreText(answer, low, service === undefined)}
        </Text>
        <BasisNote basis={basis} what="kept traces" />
      </Stack>
    </>
  )
}
