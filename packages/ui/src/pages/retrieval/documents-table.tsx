/** Each document: how often it is found and used, where it stands, and how the requests ended that used it. */
import { Table, Text } from '@mantine/core'
import type { ReactElement } from 'react'
import { TraceLink } from '../../components/trace-link.tsx'
import { useClock } from '../../lib/clock.tsx'
import { formatAgo } from '../../lib/format-ago.ts'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import { useView } from '../../lib/view.ts'
import { isWorse } from './document-texts.ts'
import { scoreText } from './gap-texts.ts'
import type { DocumentsAnswer, DocumentUsage } from './retrieval-queries.ts'
import type { Order } from './retrieval-state.ts'
import classes from './retrieval.module.css'

export interface DocumentsTableProps {
  answer: DocumentsAnswer
  order: Order
}

export function DocumentsTable({ answer, order }: DocumentsTableProps): ReactElement {
  const { service } = useView()
  const hasRanks = answer.documents.some(({ average_rank: rank }) => rank !== null)
  return (
    <Table.ScrollContainer minWidth={920}>
      <Table
        className={classes['table'] ?? ''}
        verticalSpacing={6}
        horizontalSpacing="sm"
        highlightOnHover
        aria-label="Documents"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Document</Table.Th>
            <Table.Th ta="right">Retrieved</Table.Th>
            {answer.states_use && <Table.Th ta="right">In the prompt</Table.Th>}
            {answer.states_citations && <Table.Th ta="right">Cited</Table.Th>}
            <Table.Th ta="right" title="Place in the order of the retriever, on average">
              Place
            </Table.Th>
            {hasRanks && (
              <Table.Th ta="right" title="Rank after reranking, on average">
                Rank
              </Table.Th>
            )}
            <Table.Th ta="right">Score</Table.Th>
            <Table.Th ta="right">Bad outcomes</Table.Th>
            <Table.Th>{order === 'bad' ? 'Last bad trace' : 'Last seen'}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {answer.documents.map((document) => (
            <Row
              key={`${document.service}\n${document.id}`}
              document={document}
              answer={answer}
              order={order}
              hasService={service === undefined}
              hasRanks={hasRanks}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface RowProps extends DocumentsTableProps {
  document: DocumentUsage
  hasService: boolean
  hasRanks: boolean
}

function Row({ document, answer, order, hasService, hasRanks }: RowProps): ReactElement {
  const { id, service, retrieved, in_prompt: used, cited } = document
  return (
    <Table.Tr data-document={id}>
      <Table.Th scope="row" fw={400} className={classes['name'] ?? ''}>
        <bdi className={`${classes['text'] ?? ''} ${classes['id'] ?? ''}`} title={id}>
          {id}
        </bdi>
        {hasService && (
          <Text size="xs" c="dimmed" className={classes['text'] ?? ''}>
            <bdi>{service}</bdi>
          </Text>
        )}
      </Table.Th>
      <Table.Td
        ta="right"
        data-column="retrieved"
        title={`${formatValue(retrieved.traces, 'count')} kept traces`}
      >
        {formatValue(retrieved.estimate, 'count')}
      </Table.Td>
      {answer.states_use && (
        <Table.Td ta="right" data-column="in_prompt">
          <Part value={used} whole={retrieved.estimate} />
        </Table.Td>
      )}
      {answer.states_citations && (
        <Table.Td ta="right" data-column="cited">
          <Part value={cited} whole={retrieved.estimate} />
        </Table.Td>
      )}
      <Table.Td ta="right">{formatValue(document.average_position, 'ranks')}</Table.Td>
      {hasRanks && <Table.Td ta="right">{formatValue(document.average_rank, 'ranks')}</Table.Td>}
      <Table.Td ta="right">{scoreText(document.average_score)}</Table.Td>
      <Table.Td ta="right" data-column="bad">
        <Outcomes document={document} average={answer.average_bad_share} />
      </Table.Td>
      <Table.Td>
        <LastTrace document={document} order={order} />
      </Table.Td>
    </Table.Tr>
  )
}

function Part({ value, whole }: { value: number | null; whole: number }): ReactElement {
  return (
    <>
      {formatValue(value, 'count')}{' '}
      {value !== null && whole > 0 && (
        <span className={classes['share']}>{formatValue(value / whole, 'ratio')}</span>
      )}
    </>
  )
}

function Outcomes({ document, average }: { document: DocumentUsage; average: number | null }): ReactElement {
  const { bad_share: share, bad_share_low: low, estimate } = document.outcomes
  const title =
    low === null
      ? undefined
      : `At least ${formatValue(low, 'ratio')} with a certainty of 97.5%: there are few`
  return (
    <span title={title}>
      {isWorse(document, average) && <span className={classes['worse']}>worse</span>}
      {formatValue(share, 'ratio')}{' '}
      {estimate > 0 && <span className={classes['share']}>of {formatValue(estimate, 'count')}</span>}
    </span>
  )
}

function LastTrace({ document, order }: { document: DocumentUsage; order: Order }): ReactElement {
  const { last_seen: at, last_trace: id, last_bad_trace: bad } = document
  const { now } = useClock()
  const { zone } = useView()
  if (order === 'bad' && bad !== null) {
    return (
      <TraceLink id={bad} label={`Last trace with a bad outcome that used ${document.id}`}>
        show
      </TraceLink>
    )
  }
  return (
    <TraceLink id={id} at={at} label={`Last trace, ${formatMoment(at, zone)} ${zoneName(zone)}`}>
      {formatAgo(at, now)}
    </TraceLink>
  )
}
