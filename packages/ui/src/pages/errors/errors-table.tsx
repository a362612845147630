/** Each type of error: how often, how much of the traffic, since when, until when, and examples. */
import { Badge, Table, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { Fragment } from 'react'
import type { ReactElement } from 'react'
import { zoneName, zoneOffset } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import { useSearchText, useSetSearch } from '../../lib/url-state.ts'
import type { View } from '../../lib/view.ts'
import type { ErrorRow } from './error-rows.ts'
import { meaningOf } from './error-names.ts'
import classes from './errors-table.module.css'
import { Examples } from './examples.tsx'
import { SeenCell } from './seen-cell.tsx'
import { PageLink } from '../../components/page-link.tsx'
import { Trend } from '../../components/trend.tsx'
import type { SeenTypes } from './use-seen.ts'

const COLUMNS = 7

export interface ErrorsTableProps {
  rows: readonly ErrorRow[]
  seen: SeenTypes
  view: View
  now: number
}

export function ErrorsTable({ rows, seen, view, now }: ErrorsTableProps): ReactElement {
  const search = useSearchText() as Partial<Record<string, string>>
  const setSearch = useSetSearch()
  const open = search['type']
  return (
    <Table.ScrollContainer minWidth={740}>
      <Table verticalSpacing={6} horizontalSpacing={8} aria-label="Errors by type">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Type</Table.Th>
            <Table.Th ta="right">Errors</Table.Th>
            <Table.Th ta="right">Of traffic</Table.Th>
            <Table.Th>Over the range</Table.Th>
            <Table.Th title={zoneName(view.zone)}>{`First seen (${zoneOffset(view.zone, now)})`}</Table.Th>
            <Table.Th>Last seen</Table.Th>
            <Table.Th>Traces</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Fragment key={row.type}>
              <Row
                row={row}
                isOpen={open === row.type}
                onToggle={() => setSearch({ type: open === row.type ? undefined : row.type })}
                seen={seen}
                view={view}
                now={now}
              />
              {open === row.type && (
                <Table.Tr className={classes['examples']}>
                  <Table.Td colSpan={COLUMNS}>
                    <Examples type={row.type} places={row.places} view={view} />
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

interface RowProps extends Omit<ErrorsTableProps, 'rows'> {
  row: ErrorRow
  isOpen: boolean
  onToggle: () => void
}

function Row({ row, isOpen, onToggle, seen, view, now }: RowProps): ReactElement {
  const { type, count, share, trend } = row
  const span = seen.types.get(type)
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <Table.Tr data-type={type}>
      <Table.Th scope="row" fw={400}>
        <UnstyledButton className={classes['type']} aria-expanded={isOpen} onClick={onToggle}>
          <Chevron size={14} aria-hidden className={classes['chevron']} />
          <span>
            <Text span size="sm" fw={600}>
              {type}
            </Text>
            {isNew(span?.first.at, seen.firstDay, view.range.from) && (
              <Badge size="xs" color="orange" variant="light" ml={6}>
                new
              </Badge>
            )}
            <Text size="xs" c="dimmed">
              {meaningOf(type)}
            </Text>
          </span>
        </UnstyledButton>
      </Table.Th>
      <Table.Td ta="right">{formatValue(count, 'count')}</Table.Td>
      <Table.Td ta="right">{formatValue(share, 'ratio')}</Table.Td>
      <Table.Td>
        <Trend values={trend} />
      </Table.Td>
      <Table.Td>
        <SeenCell seen={span?.first} now={now} zone={view.zone} />
      </Table.Td>
      <Table.Td>
        <SeenCell seen={span?.last} now={now} zone={view.zone} />
      </Table.Td>
      <Table.Td>
        <PageLink
          to="/traces"
          search={{ q: `error_type:${type}` }}
          inherit
          aria-label={`Traces with ${type}`}
        >
          show
        </PageLink>
      </Table.Td>
    </Table.Tr>
  )
}

/** Never before the range, though there were requests before it. */
function isNew(first: number | undefined, firstDay: number | undefined, from: number): boolean {
  return first !== undefined && firstDay !== undefined && first >= from && firstDay < from - 86_400_000
}
