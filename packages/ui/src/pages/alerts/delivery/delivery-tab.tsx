/** Who is told of alerts, and whether it worked. */
import { Group, Paper, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ErrorState } from '../../../components/error-state.tsx'
import { PageLink } from '../../../components/page-link.tsx'
import { formatMoment, zoneName } from '../../../lib/format-time.ts'
import { usePageState, useSharedState } from '../../../lib/url-state.ts'
import { ATTEMPTS_MAX, attemptsQuery, notifiersQuery } from '../alert-queries.ts'
import classes from '../alerts.module.css'
import { FateFilter, FATES } from './fate-filter.tsx'
import { NoNotifier } from './no-notifier.tsx'
import { fateWords, notificationRows } from './notification-rows.ts'
import type { Fate, NotificationRow } from './notification-rows.ts'
import { NotifierTable } from './notifier-table.tsx'

const ROWS_MAX = 200
const TONES: Readonly<Record<Fate, string>> = { delivered: 'good', waiting: 'warn', dead: 'bad' }

export function DeliveryTab(): ReactElement {
  const notifiers = useQuery(notifiersQuery)
  const attempts = useQuery(attemptsQuery)
  const failed = [notifiers, attempts].find(({ error, data }) => error !== null && data === undefined)
  if (failed !== undefined) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
  if (notifiers.data === undefined || attempts.data === undefined)
    return <Skeleton height={240} radius="md" />
  const rows = notificationRows(attempts.data)
  return (
    <Stack gap="md">
      <Paper component="section" className={classes['card'] ?? ''} aria-label="Notifiers">
        <Title order={2} fz="sm" mb={4}>
          Notifiers
        </Title>
        {notifiers.data.length === 0 ? (
          <NoNotifier />
        ) : (
          <NotifierTable notifiers={notifiers.data} rows={rows} />
        )}
      </Paper>
      {(rows.length > 0 || notifiers.data.length > 0) && (
        <Notifications rows={rows} isCut={attempts.data.length === ATTEMPTS_MAX} />
      )}
    </Stack>
  )
}

function Notifications({ rows, isCut }: { rows: readonly NotificationRow[]; isCut: boolean }): ReactElement {
  const [fate] = usePageState('fate', FATES, 'all')
  const shown = fate === 'all' ? rows : rows.filter((row) => row.fate === fate)
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="Notifications">
      <Group justify="space-between" mb={4}>
        <Title order={2} fz="sm">
          {'Notifications '}
          <Text span size="xs" c="dimmed" fw={400}>
            {isCut ? `of the ${ATTEMPTS_MAX.toLocaleString('en')} latest attempts` : 'the latest first'}
          </Text>
        </Title>
        <FateFilter rows={rows} />
      </Group>
      {shown.length === 0 ? (
        <EmptyState
          title={rows.length === 0 ? 'Nobody has been told of anything yet' : 'None of these'}
          height={120}
        >
          {rows.length === 0
            ? 'The first notification goes out when an alert fires that is neither silenced nor inhibited.'
            : 'Choose All to see the others.'}
        </EmptyState>
      ) : (
        <NotificationTable rows={shown.slice(0, ROWS_MAX)} />
      )}
      {shown.length > ROWS_MAX && (
        <Text size="xs" c="dimmed" mt={4}>{`${shown.length - ROWS_MAX} older ones are not listed.`}</Text>
      )}
    </Paper>
  )
}

function NotificationTable({ rows }: { rows: readonly NotificationRow[] }): ReactElement {
  const { zone } = useSharedState()
  return (
    <Table.ScrollContainer minWidth={680} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={4} horizontalSpacing="sm" aria-label="Notifications">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{`Last attempt (${zoneName(zone)})`}</Table.Th>
            <Table.Th>To</Table.Th>
            <Table.Th>Alerts</Table.Th>
            <Table.Th>What became of it</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={`${row.notifier} ${row.id}`} data-fate={row.fate}>
              <Table.Td className={classes['state'] ?? ''} fw={400}>
                {formatMoment(row.at, zone)}
              </Table.Td>
              <Table.Td>{row.notifier}</Table.Td>
              <Table.Td className={classes['wide'] ?? ''}>
                {row.alerts.map(({ id, name, state }) => (
                  <PageLink key={id} to={`/alerts/${id}`} size="sm" mr={8} display="inline-block">
                    {name} <span className={classes['labelName']}>{state}</span>
                  </PageLink>
                ))}
              </Table.Td>
              <Table.Td className={classes['wide'] ?? ''}>
                <span className={classes['state']} data-tone={TONES[row.fate]}>
                  {fateWords(row)}
                </span>
                {row.error !== null && (
                  <Text size="xs" c="dimmed" className={classes['description'] ?? ''}>
                    {row.error}
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
