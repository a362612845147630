/** Kept traces of one type of error, the latest first. */
import { Group, Stack, Table, Text } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { api, dataOf } from '../../api/client.ts'
import type { operations } from '../../api/schema.gen.ts'
import { TraceLink } from '../../components/trace-link.tsx'
import { Waiting } from '../../components/waiting.tsx'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import type { View } from '../../lib/view.ts'
import type { Place } from './error-rows.ts'
import { placeText } from './error-names.ts'

type TraceParameters = NonNullable<operations['listTraces']['parameters']['query']>
type ErrorType = NonNullable<TraceParameters['error_type']>

const EXAMPLES = 5

export interface ExamplesProps {
  type: string
  places: readonly Place[]
  view: View
}

export function Examples({ type, places, view }: ExamplesProps): ReactElement {
  const { data, error, refetch } = useQuery(examplesQuery(type, view))
  return (
    <Stack gap="xs" p="xs">
      <Group gap={16}>
        {places.map(({ stage, service, count }) => (
          <Text key={`${stage}\n${service}`} size="xs" c="dimmed">
            <b>{formatValue(count, 'count')}</b> {placeText(stage, service)}
          </Text>
        ))}
      </Group>
      {data === undefined ? (
        <Waiting asked={{ error, refetch }} height={90} />
      ) : data.traces.length === 0 ? (
        <Text size="sm" c="dimmed">
          No trace of it was kept in this range. Errors are counted for every request; traces of errors are
          kept up to a cap, and as long as retention says.
        </Text>
      ) : (
        <ExampleTable traces={data.traces} view={view} />
      )}
    </Stack>
  )
}

type Trace = operations['listTraces']['responses'][200]['content']['application/json']['traces'][number]

function ExampleTable({ traces, view }: { traces: readonly Trace[]; view: View }): ReactElement {
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table verticalSpacing={3} fz="xs" aria-label="Latest traces">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{`Start (${zoneName(view.zone)})`}</Table.Th>
            <Table.Th>Service</Table.Th>
            <Table.Th>Organisation</Table.Th>
            <Table.Th>Model</Table.Th>
            <Table.Th ta="right">Latency</Table.Th>
            <Table.Th>Trace</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {traces.map(({ id, timestamp, service, org, model, total_latency_ms: latencyMs }) => (
            <Table.Tr key={`${timestamp} ${id}`}>
              <Table.Td>{formatMoment(timestamp, view.zone)}</Table.Td>
              <Table.Td>{service ?? '–'}</Table.Td>
              <Table.Td>{org ?? '–'}</Table.Td>
              <Table.Td>{model ?? '–'}</Table.Td>
              <Table.Td ta="right">
                {formatValue(typeof latencyMs === 'number' ? latencyMs / 1000 : null, 'seconds')}
              </Table.Td>
              <Table.Td>
                <TraceLink id={id} at={timestamp} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function examplesQuery(type: string, { range, service }: View) {
  const query: TraceParameters = {
    // The types of errors are a closed list, which the labels of a series do not show.
    error_type: type as ErrorType,
    from: String(range.from),
    to: String(range.to),
    limit: EXAMPLES,
    ...(service === undefined ? {} : { service }),
  }
  return queryOptions({
    queryKey: ['error-examples', query],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/traces', { params: { query }, signal })),
  })
}
