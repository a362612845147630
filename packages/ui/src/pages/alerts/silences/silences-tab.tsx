/** Silences: those that hold, those that are to come, those that are over. */
import { Button, Group, Paper, Table, Text, Title } from '@mantine/core'
import { IconBellOff } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { describeError } from '../../../api/api-error.ts'
import { alertsQuery } from '../../../api/alerts.ts'
import { api, dataOf } from '../../../api/client.ts'
import { EmptyState } from '../../../components/empty-state.tsx'
import { Waiting } from '../../../components/waiting.tsx'
import { useClock } from '../../../lib/clock.tsx'
import { formatMoment, zoneName } from '../../../lib/format-time.ts'
import { useSetSearch, useSharedState } from '../../../lib/url-state.ts'
import { silencesQuery } from '../alert-queries.ts'
import type { Silence } from '../alert-queries.ts'
import classes from '../alerts.module.css'
import { NEW_SILENCE } from './silence-dialog.tsx'

const ORDER = ['active', 'pending', 'expired'] as const
const STATE_WORDS: Readonly<Record<Silence['state'], string>> = {
  active: 'holds',
  pending: 'to come',
  expired: 'over',
}
const ROWS_MAX = 200

export function SilencesTab(): ReactElement {
  const silences = useQuery(silencesQuery)
  const setSearch = useSetSearch()
  const button = (
    <Button leftSection={<IconBellOff size={14} />} onClick={() => setSearch({ silence: NEW_SILENCE })}>
      New silence
    </Button>
  )
  if (silences.data === undefined) {
    return <Waiting asked={silences} />
  }
  const sorted = silences.data.toSorted(
    (left, right) => ORDER.indexOf(left.state) - ORDER.indexOf(right.state) || right.ends_at - left.ends_at,
  )
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="Silences">
      <Group justify="space-between" mb={4}>
        <Title order={2} fz="sm">
          Silences
        </Title>
        {sorted.length > 0 && button}
      </Group>
      {sorted.length === 0 ? (
        <EmptyState title="No silences" height={140} action={button}>
          A silence keeps alerts with certain labels from telling anybody for a while. They fire and are shown
          all the same.
        </EmptyState>
      ) : (
        <SilenceTable silences={sorted.slice(0, ROWS_MAX)} />
      )}
      {sorted.length > ROWS_MAX && (
        <Text size="xs" c="dimmed" mt={4}>{`${sorted.length - ROWS_MAX} older ones are not listed.`}</Text>
      )}
    </Paper>
  )
}

function SilenceTable({ silences }: { silences: readonly Silence[] }): ReactElement {
  const { zone } = useSharedState()
  return (
    <Table.ScrollContainer minWidth={760} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={6} horizontalSpacing="sm" aria-label="Silences">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>State</Table.Th>
            <Table.Th>Alerts with</Table.Th>
            <Table.Th>{`Until (${zoneName(zone)})`}</Table.Th>
            <Table.Th>Who and why</Table.Th>
            <Table.Th>Now</Table.Th>
            <Table.Th aria-label="Action" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {silences.map((silence) => (
            <SilenceRow key={silence.id} silence={silence} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function SilenceRow({ silence }: { silence: Silence }): ReactElement {
  const { id, state, matchers, ends_at: endsAt, author, comment } = silence
  const { zone } = useSharedState()
  const { data } = useQuery(alertsQuery)
  const queries = useQueryClient()
  const { tick } = useClock()
  const silenced = data?.alerts.filter(({ silenced_by: ids }) => ids.includes(id)) ?? []
  const expire = useMutation({
    mutationFn: () => dataOf(api.DELETE('/api/v1/silences/{id}', { params: { path: { id } } })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['silences'] })
      tick()
    },
  })
  return (
    <Table.Tr data-silence={state}>
      <Table.Td className={classes['state'] ?? ''} data-tone={state === 'active' ? 'warn' : undefined}>
        {STATE_WORDS[state]}
      </Table.Td>
      <Table.Td className={classes['wide'] ?? ''}>
        <span className={classes['subject']}>
          {matchers.map(({ name, value, is_equal: isEqual = true }, index) => (
            <span key={index} className={classes['label']} title={`${name}: ${value.slice(0, 200)}`}>
              <span className={classes['labelName']}>{`${name} ${isEqual ? 'is' : 'is not'}`}</span>{' '}
              {value === '' ? 'not stated' : value}
            </span>
          ))}
        </span>
      </Table.Td>
      <Table.Td className={classes['state'] ?? ''} fw={400}>
        {formatMoment(endsAt, zone)}
      </Table.Td>
      <Table.Td className={classes['wide'] ?? ''}>
        <Text size="sm" className={classes['description'] ?? ''}>
          {comment}
        </Text>
        <Text size="xs" c="dimmed" truncate>
          {author}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="xs" c="dimmed">
          {state !== 'active'
            ? '–'
            : silenced.length === 0
              ? 'keeps nobody quiet'
              : `${silenced.length} quiet`}
        </Text>
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''}>
        {state !== 'expired' && (
          <Button
            variant="default"
            size="compact-xs"
            loading={expire.isPending}
            onClick={() => expire.mutate()}
            aria-label={`End the silence of ${author}: ${comment.slice(0, 80)}`}
          >
            End now
          </Button>
        )}
        {expire.error !== null && (
          <Text size="xs" c="var(--rm-bad)" role="alert">
            {describeError(expire.error).title}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
