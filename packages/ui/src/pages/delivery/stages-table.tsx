/** What each stage of the daemon took, and what it did not take, by reason. */
import { Badge, Group, Paper, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { daemonQuery } from '../../api/daemon-queries.ts'

const ITEMS: Readonly<Record<string, string>> = {
  ingest: 'bodies received',
  store: 'traces stored',
  metrics: 'scrapes answered',
  api: 'queries answered',
}

/** A repeated trace is not lost, so it is no trouble. */
const HARMLESS = new Set(['duplicate'])

export function StagesTable(): ReactElement | null {
  const { data } = useQuery(daemonQuery)
  if (data === undefined) return null
  return (
    <Paper component="section" p="md" aria-label="Stages">
      <Title order={3} fz="sm" mb={4}>
        Stages
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        since the daemon started
      </Text>
      <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={5} aria-label="Stages of the daemon">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Stage</Table.Th>
              <Table.Th ta="right">Taken</Table.Th>
              <Table.Th>Not taken</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.stages.map(({ stage, accepted, dropped }) => (
              <Table.Tr key={stage}>
                <Table.Th scope="row" fw={400}>
                  {stage}{' '}
                  <Text span size="xs" c="dimmed">
                    {ITEMS[stage]}
                  </Text>
                </Table.Th>
                <Table.Td ta="right">{accepted.toLocaleString('en')}</Table.Td>
                <Table.Td>
                  <Reasons dropped={dropped} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  )
}

/** Counts by reason, the most frequent first. */
export function Reasons({ dropped }: { dropped: Readonly<Record<string, number>> }): ReactElement {
  const reasons = Object.entries(dropped)
    .filter(([, count]) => count > 0)
    .sort(([, left], [, right]) => right - left)
  if (reasons.length === 0) {
    return (
      <Text span size="sm" c="dimmed">
        0
      </Text>
    )
  }
  return (
    <Group gap={4} wrap="wrap">
      {reasons.map(([reason, count]) => (
        <Badge
          key={reason}
          size="sm"
          variant="light"
          tt="none"
          fw={500}
          color={HARMLESS.has(reason) ? 'gray' : 'orange'}
        >
          <bdi>{reason.replaceAll('_', ' ')}</bdi> {count.toLocaleString('en')}
        </Badge>
      ))}
    </Group>
  )
}
