/** Changes of state within the range of the page. */
import { Group, Paper, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { TRANSITIONS_MAX, useAlertHistory } from '../../api/alerts.ts'
import type { Transition } from '../../api/alerts.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ZoomOutControl } from '../../components/header/refresh-control.tsx'
import { TimeRangePicker } from '../../components/header/time-range-picker.tsx'
import { PageLink } from '../../components/page-link.tsx'
import { Waiting } from '../../components/waiting.tsx'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import { useView } from '../../lib/view.ts'
import { rulesQuery } from './alert-queries.ts'
import { alertValue, pastValue, transitionWords } from './alert-words.ts'
import classes from './alerts.module.css'
import { isOfService, rulesByName } from './rule-of.ts'
import { Subject } from './subject.tsx'

export function HistoryTab(): ReactElement {
  const { range, service } = useView()
  const history = useAlertHistory({ from: range.from, to: range.to })
  if (history.data === undefined) {
    return <Waiting asked={history} />
  }
  const shown = history.data.filter(
    ({ name, labels }) => name !== 'RagWatchdog' && isOfService(labels, service),
  )
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="History">
      <Group justify="space-between" gap={8} mb={4}>
        <Title order={2} fz="sm">
          {'History '}
          <Text span size="xs" c="dimmed" fw={400}>
            the latest change of state first
          </Text>
        </Title>
        <Group gap={4} wrap="nowrap">
          <TimeRangePicker />
          <ZoomOutControl />
        </Group>
      </Group>
      {shown.length === 0 ? (
        <EmptyState title="No alert has changed in this range" height={140}>
          Choose a longer range. The 10,000 latest changes are kept.
        </EmptyState>
      ) : (
        <TransitionTable transitions={shown} />
      )}
      {history.data.length === TRANSITIONS_MAX && (
        <Text size="xs" c="dimmed" mt={4}>
          {`Only the ${TRANSITIONS_MAX.toLocaleString('en')} latest changes of the range are listed: choose a shorter one.`}
        </Text>
      )}
    </Paper>
  )
}

const TONES: Readonly<Record<string, string>> = { firing: 'bad', pending: 'warn', resolved: 'good' }

/** @property isOfOne of one alert: its name is known */
export function TransitionTable({
  transitions,
  isOfOne = false,
}: {
  transitions: readonly Transition[]
  isOfOne?: boolean
}): ReactElement {
  const { zone } = useView()
  const rules = rulesByName(useQuery(rulesQuery).data)
  return (
    <Table.ScrollContainer
      minWidth={isOfOne ? 420 : 640}
      scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
    >
      <Table verticalSpacing={4} horizontalSpacing="sm" aria-label="Changes of state">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{`At (${zoneName(zone)})`}</Table.Th>
            {!isOfOne && <Table.Th>Alert</Table.Th>}
            <Table.Th>Change</Table.Th>
            <Table.Th className={classes['number'] ?? ''}>Value</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {transitions.map(({ at, id, name, labels, from, to, value }, index) => (
            <Table.Tr key={`${at} ${id} ${to} ${index}`}>
              <Table.Td className={classes['state'] ?? ''} fw={400}>
                {formatMoment(at, zone)}
              </Table.Td>
              {!isOfOne && (
                <Table.Td className={classes['wide'] ?? ''}>
                  <PageLink to={`/alerts/${id}`} size="sm" mr={6}>
                    {name}
                  </PageLink>
                  <Subject labels={labels} />
                </Table.Td>
              )}
              <Table.Td>
                <span className={classes['state']} data-tone={TONES[to]}>
                  {to}
                </span>{' '}
                <Text span size="xs" c="dimmed">
                  {transitionWords(from, to)}
                </Text>
              </Table.Td>
              <Table.Td className={classes['number'] ?? ''}>
                {pastValue(
                  alertValue(value, rules.get(name)?.value_format ?? 'number'),
                  to !== 'firing' && to !== 'pending',
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
