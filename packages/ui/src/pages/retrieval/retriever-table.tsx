/** Each retriever in one line; a click narrows the page to it. */
import { Anchor, Paper, Table, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Waiting } from '../../components/waiting.tsx'
import { formatValue } from '../../lib/format.ts'
import { NOT_STATED } from '../../lib/series.ts'
import { useSetSearch } from '../../lib/url-state.ts'
import { useView } from '../../lib/view.ts'
import { retrieverRows } from './health-numbers.ts'
import type { RetrieverRow } from './health-numbers.ts'
import { METRICS } from './metrics.ts'
import { useRetrievalState } from './retrieval-state.ts'
import classes from './retrieval.module.css'

export function RetrieverTable(): ReactElement {
  const { range, service } = useView()
  const { retriever } = useRetrievalState()
  const labels = retriever === undefined ? {} : { retriever }
  const by = ['retriever']
  const outcomes = useSeries(range, service, {
    metric: METRICS.retrievals,
    by: ['retriever', 'outcome'],
    labels,
  })
  const { data: topScore } = useSeries(range, service, { metric: METRICS.topScore, by, labels })
  const { data: margin } = useSeries(range, service, { metric: METRICS.margin, by, labels })
  const { data: returned } = useSeries(range, service, { metric: METRICS.returned, by, labels })
  const { data: used } = useSeries(range, service, { metric: METRICS.used, by, labels })
  const rows = retrieverRows({ outcomes: outcomes.data, topScore, margin, returned, used })
  return (
    <Paper component="section" p="md" aria-label="Retrievers">
      <Title order={2} fz="sm" mb={4}>
        Retrievers
      </Title>
      {outcomes.data === undefined ? (
        <Waiting asked={outcomes} height={90} />
      ) : rows.length === 0 ? (
        <EmptyState title="No retrieval in this range" height={120}>
          Choose a longer range, or another service.
        </EmptyState>
      ) : (
        <Rows rows={rows} />
      )}
    </Paper>
  )
}

const HEADINGS = [
  'Retrievals',
  'Failed',
  'Empty',
  'Best score',
  'Margin',
  'Returned',
  'In the prompt',
] as const

function Rows({ rows }: { rows: readonly RetrieverRow[] }): ReactElement {
  const setSearch = useSetSearch()
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table
        className={classes['table'] ?? ''}
        verticalSpacing={6}
        horizontalSpacing="sm"
        highlightOnHover
        aria-label="Retrievers"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Retriever</Table.Th>
            {HEADINGS.map((heading) => (
              <Table.Th key={heading} ta="right">
                {heading}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ retriever, retrievals, failed, empty, topScore, margin, returned, used }) => (
            <Table.Tr key={retriever}>
              <Table.Th scope="row" fw={400} className={classes['name'] ?? ''}>
                {retriever === '' ? (
                  NOT_STATED
                ) : (
                  <Anchor
                    component="button"
                    type="button"
                    size="sm"
                    ta="left"
                    className={classes['text'] ?? ''}
                    onClick={() => setSearch({ retriever })}
                  >
                    <bdi>{retriever}</bdi>
                  </Anchor>
                )}
              </Table.Th>
              <Table.Td ta="right">{formatValue(retrievals, 'count')}</Table.Td>
              <Table.Td ta="right">{formatValue(failed, 'count')}</Table.Td>
              <Table.Td ta="right">{formatValue(empty, 'ratio')}</Table.Td>
              <Table.Td ta="right">{formatValue(topScore, 'score')}</Table.Td>
              <Table.Td ta="right">{formatValue(margin, 'score')}</Table.Td>
              <Table.Td ta="right">{formatValue(returned, 'documents')}</Table.Td>
              <Table.Td ta="right">{formatValue(used, 'documents')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
