/** Each query that is not answered: how often, why, since when, and where to look. */
import { Table, Text } from '@mantine/core'
import type { ReactElement } from 'react'
import { PageLink } from '../../components/page-link.tsx'
import { TraceLink } from '../../components/trace-link.tsx'
import { Trend } from '../../components/trend.tsx'
import { useClock } from '../../lib/clock.tsx'
import { formatAgo } from '../../lib/format-ago.ts'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import { useView } from '../../lib/view.ts'
import { filterOfGap, reasonsOf, scoreText } from './gap-texts.ts'
import type { Gap, GapsAnswer } from './retrieval-queries.ts'
import { REASON_NAMES } from './retrieval-state.ts'
import classes from './retrieval.module.css'

const HASH_SHOWN = 12

export interface GapsTableProps {
  answer: GapsAnswer
  /** The one that the page is narrowed to. */
  retriever: string | undefined
}

export function GapsTable({ answer, retriever }: GapsTableProps): ReactElement {
  const { zone, service } = useView()
  return (
    <Table.ScrollContainer minWidth={1000}>
      <Table
        className={classes['table'] ?? ''}
        verticalSpacing={6}
        horizontalSpacing="sm"
        highlightOnHover
        aria-label="Knowledge gaps"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Query</Table.Th>
            <Table.Th ta="right">Requests</Table.Th>
            <Table.Th ta="right" title="Of all requests that asked the same">
              Of asked
            </Table.Th>
            <Table.Th>Why</Table.Th>
            <Table.Th ta="right">Best score</Table.Th>
            <Table.Th>{trendHeading(answer, zone)}</Table.Th>
            <Table.Th>Last seen</Table.Th>
            <Table.Th>Traces</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {answer.gaps.map((gap) => (
            <Row
              key={`${gap.service}\n${gap.query_hash ?? ''}\n${gap.text ?? ''}`}
              gap={gap}
              hasService={service === undefined}
              retriever={retriever}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** Where not all of the range was read, the trend begins later. */
function trendHeading({ trend }: GapsAnswer, zone: ReturnType<typeof useView>['zone']): ReactElement {
  return (
    <span title={`${formatMoment(trend.from, zone)} to ${formatMoment(trend.to, zone)} ${zoneName(zone)}`}>
      Trend
    </span>
  )
}

interface RowProps {
  gap: Gap
  hasService: boolean
  retriever: string | undefined
}

function Row({ gap, hasService, retriever }: RowProps): ReactElement {
  const { bad, asked, average_top_score: score, trend, last_seen: at, last_trace: id } = gap
  const { now } = useClock()
  const { zone } = useView()
  return (
    <Table.Tr data-gap={gap.query_hash ?? gap.text}>
      <Table.Th scope="row" fw={400} className={classes['name'] ?? ''}>
        <QueryName gap={gap} hasService={hasService} />
      </Table.Th>
      <Table.Td ta="right" data-column="requests" title={`${formatValue(bad.traces, 'count')} kept traces`}>
        {formatValue(bad.estimate, 'count')}
      </Table.Td>
      <Table.Td ta="right" data-column="asked">
        {formatValue(asked.estimate === 0 ? null : bad.estimate / asked.estimate, 'ratio')}{' '}
        <span className={classes['share']}>of {formatValue(asked.estimate, 'count')}</span>
      </Table.Td>
      <Table.Td data-column="reasons">
        <span className={classes['reasons']}>
          {reasonsOf(gap.reasons).map(([reason, estimate]) => (
            <span key={reason} className={classes['reason']}>
              {REASON_NAMES[reason]}
              <b>{formatValue(estimate, 'count')}</b>
            </span>
          ))}
        </span>
      </Table.Td>
      <Table.Td ta="right" data-column="score">
        {scoreText(score)}
      </Table.Td>
      <Table.Td>
        <Trend values={trend} />
      </Table.Td>
      <Table.Td>
        <TraceLink id={id} at={at} label={`Last trace, ${formatMoment(at, zone)} ${zoneName(zone)}`}>
          {formatAgo(at, now)}
        </TraceLink>
      </Table.Td>
      <Table.Td>
        <PageLink
          inherit
          to="/traces"
          search={{ q: filterOfGap(gap, retriever) }}
          aria-label={`Traces of ${nameOf(gap)}`}
        >
          show
        </PageLink>
      </Table.Td>
    </Table.Tr>
  )
}

function QueryName({ gap, hasService }: { gap: Gap; hasService: boolean }): ReactElement {
  const { text, query_hash: hash, service } = gap
  return (
    <>
      {text === null ? (
        <span className={classes['hash']} title={hash ?? undefined}>
          {hash?.slice(0, HASH_SHOWN)}
        </span>
      ) : (
        <bdi className={classes['text']} title={text}>
          {text}
        </bdi>
      )}
      <Text size="xs" c="dimmed" className={classes['text'] ?? ''}>
        {hasService && <bdi>{service}</bdi>}
        {hasService && text !== null && hash !== null && ' · '}
        {text !== null && hash !== null && (
          <span className={classes['hash']} title={hash}>
            {hash.slice(0, HASH_SHOWN)}
          </span>
        )}
      </Text>
    </>
  )
}

function nameOf({ text, query_hash: hash }: Gap): string {
  return text ?? hash?.slice(0, HASH_SHOWN) ?? ''
}
