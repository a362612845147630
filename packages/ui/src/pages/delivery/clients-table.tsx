/** Each process that sends: what it sent, what arrived, what was lost on the way and where. */
import { Badge, Group, Pagination, Paper, Stack, Table, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatAgo } from '../../lib/format-ago.ts'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import type { Zone } from '../../lib/format-time.ts'
import { useSearchText, useSetSearch } from '../../lib/url-state.ts'
import { missingOf, orderClients, troublesOf } from './client-sums.ts'
import classes from './clients-table.module.css'
import { CLIENTS_MAX } from './delivery-queries.ts'
import type { Client } from './delivery-queries.ts'
import { Reasons } from './stages-table.tsx'

const PAGE_ROWS = 50

export interface ClientsTableProps {
  clients: readonly Client[]
  /** Before any filter: whether the API left some out. */
  isTruncated: boolean
  now: number
  zone: Zone
}

const HEADINGS = [
  ['Client', 'One process of an application'],
  ['State', 'live: heard from in the last five minutes; closed: said goodbye'],
  ['Batches sent', 'Highest batch number seen'],
  ['Stored', 'Batches stored, each once'],
  ['Missing', 'Batches whose number was skipped and that have not come since'],
  ['Repeated', 'Batches that came again and were not counted again'],
  ['Traces', 'Traces taken'],
  ['Refused', 'Traces, measurements and ledger rows the daemon did not take'],
  ['Dropped by the client', 'What it gave up itself, by reason'],
] as const

export function ClientsTable({ clients, isTruncated, now, zone }: ClientsTableProps): ReactElement {
  const { page: given } = useSearchText() as Partial<Record<string, string>>
  const setSearch = useSetSearch()
  const pages = Math.max(1, Math.ceil(clients.length / PAGE_ROWS))
  const page = Math.min(pages, Math.max(1, Number.parseInt(given ?? '1', 10) || 1))
  const shown = orderClients(clients).slice((page - 1) * PAGE_ROWS, page * PAGE_ROWS)
  return (
    <Paper component="section" p="md" aria-label="Clients">
      <Title order={3} fz="sm" mb={4}>
        Clients
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        {`${clients.length.toLocaleString('en')} ${clients.length === 1 ? 'process' : 'processes'} of the last 30 days, those with losses first`}
        {isTruncated && `; only the ${CLIENTS_MAX.toLocaleString('en')} heard from last are listed`}
      </Text>
      <Table.ScrollContainer minWidth={1020} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={6} horizontalSpacing="sm" highlightOnHover aria-label="Clients">
          <Table.Thead>
            <Table.Tr>
              {HEADINGS.map(([name, help], index) => (
                <Table.Th
                  key={name}
                  title={help}
                  fz="xs"
                  className={index >= 2 && index <= 7 ? classes['number'] : undefined}
                >
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((client) => (
              <Row key={client.instance} client={client} now={now} zone={zone} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages > 1 && (
        <Group justify="center" mt="sm">
          <Pagination
            size="sm"
            total={pages}
            value={page}
            onChange={(next) => setSearch({ page: next === 1 ? undefined : String(next) })}
            getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
          />
        </Group>
      )}
    </Paper>
  )
}

const STATES = {
  live: ['live', 'teal'],
  closed: ['closed', 'gray'],
  tail_unknown: ['gone', 'orange'],
} as const

function Row({ client, now, zone }: { client: Client; now: number; zone: Zone }): ReactElement {
  const [state, colour] = STATES[client.state]
  const seen = (at: number) => `${formatMoment(at, zone)} ${zoneName(zone)}`
  const troubles = troublesOf(client)
  return (
    <Table.Tr data-trouble={troubles.length > 0 || undefined}>
      <Table.Th scope="row" fw={400} className={classes['client']}>
        <Text size="sm" truncate title={client.instance}>
          {client.service ?? 'service not stated'}
        </Text>
        <Text size="xs" c="dimmed" truncate title={client.instance}>
          {[client.name, client.version].filter((part) => part !== null).join(' ') || 'unknown library'} ·{' '}
          {client.instance}
        </Text>
      </Table.Th>
      <Table.Td className={classes['state']}>
        <Stack gap={0} align="flex-start">
          <Badge size="sm" variant="light" tt="none" color={colour}>
            {state}
          </Badge>
          <Text
            size="xs"
            c="dimmed"
            title={`first seen ${seen(client.first_seen)}, last seen ${seen(client.last_seen)}`}
          >
            {formatAgo(client.last_seen, now)}
          </Text>
        </Stack>
      </Table.Td>
      <Count value={client.last_sequence} />
      <Count value={client.batches} />
      <Count value={missingOf(client)} isBad />
      <Count value={client.duplicates} />
      <Count value={client.traces_accepted} />
      <Table.Td className={classes['number']}>
        <Refused client={client} />
      </Table.Td>
      <Table.Td>
        <Reasons dropped={client.dropped} />
      </Table.Td>
    </Table.Tr>
  )
}

function Count({ value, isBad = false }: { value: number; isBad?: boolean }): ReactElement {
  return (
    <Table.Td className={classes['number']} data-bad={(isBad && value > 0) || undefined}>
      {value.toLocaleString('en')}
    </Table.Td>
  )
}

function Refused({ client }: { client: Client }): ReactElement {
  const parts = [
    [client.traces_rejected, 'trace'],
    [client.measurements_rejected, 'measurement'],
    [client.ledger_rows_rejected, 'ledger row'],
  ] as const
  const refused = parts.filter(([count]) => count > 0)
  if (refused.length === 0) return <>0</>
  return (
    <Stack gap={0} align="flex-end">
      {refused.map(([count, name]) => (
        <span
          key={name}
          data-bad
          className={classes['number']}
        >{`${count.toLocaleString('en')} ${name}${count === 1 ? '' : 's'}`}</span>
      ))}
    </Stack>
  )
}
