/** The notifiers: what became of what they had to tell, and whether they work now. */
import { Button, Table } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { api, dataOf } from '../../../api/client.ts'
import { useClock } from '../../../lib/clock.tsx'
import { formatAgo } from '../../../lib/format-ago.ts'
import type { Notifier } from '../alert-queries.ts'
import classes from '../alerts.module.css'
import { sumsOf } from './notification-rows.ts'
import type { NotificationRow } from './notification-rows.ts'
import { TestAnswer } from './test-answer.tsx'

export interface NotifierTableProps {
  notifiers: readonly Notifier[]
  rows: readonly NotificationRow[]
}

export function NotifierTable({ notifiers, rows }: NotifierTableProps): ReactElement {
  // One at a time: the answer below the table is that of the last one.
  const test = useMutation({
    mutationFn: (name: string) =>
      dataOf(api.POST('/api/v1/notifiers/{name}/test', { params: { path: { name } } })),
  })
  return (
    <>
      <Table.ScrollContainer minWidth={780} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={6} horizontalSpacing="sm" aria-label="Notifiers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Kind</Table.Th>
              <Table.Th aria-label="Action" />
              <Table.Th className={classes['number'] ?? ''}>Delivered</Table.Th>
              <Table.Th className={classes['number'] ?? ''}>At a later attempt</Table.Th>
              <Table.Th className={classes['number'] ?? ''}>Waiting</Table.Th>
              <Table.Th className={classes['number'] ?? ''}>Given up</Table.Th>
              <Table.Th className={classes['number'] ?? ''}>Last delivered</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {notifiers.map((notifier) => (
              <NotifierRow
                key={notifier.name}
                notifier={notifier}
                rows={rows}
                isTested={test.isPending && test.variables === notifier.name}
                isBusy={test.isPending}
                onTest={() => test.mutate(notifier.name)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <TestAnswer notifier={test.variables} answer={test.data} error={test.error} />
    </>
  )
}

interface NotifierRowProps {
  notifier: Notifier
  rows: readonly NotificationRow[]
  isTested: boolean
  /** While any notifier is tested. */
  isBusy: boolean
  onTest: () => void
}

function NotifierRow({ notifier, rows, isTested, isBusy, onTest }: NotifierRowProps): ReactElement {
  const { now } = useClock()
  const { name, type, waiting } = notifier
  const { delivered, retried, dead, lastDeliveredAt } = sumsOf(rows, name)
  return (
    <Table.Tr data-notifier={name}>
      <Table.Th scope="row" fw={600}>
        {name}
      </Table.Th>
      <Table.Td>{type}</Table.Td>
      {/* Beside the name: on a phone what is further right is out of sight. */}
      <Table.Td>
        <Button
          variant="default"
          size="compact-xs"
          loading={isTested}
          disabled={isBusy && !isTested}
          onClick={onTest}
          aria-label={`Send a test to ${name}`}
        >
          Send a test
        </Button>
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''}>{delivered}</Table.Td>
      <Table.Td className={classes['number'] ?? ''}>{retried}</Table.Td>
      <Table.Td className={classes['number'] ?? ''}>{waiting}</Table.Td>
      <Table.Td className={classes['number'] ?? ''}>
        <span className={classes['state']} data-tone={dead > 0 ? 'bad' : undefined}>
          {dead}
        </span>
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''}>
        {lastDeliveredAt === undefined ? 'never yet' : formatAgo(lastDeliveredAt, now)}
      </Table.Td>
    </Table.Tr>
  )
}
