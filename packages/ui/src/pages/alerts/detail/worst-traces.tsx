/** The traces that show the trouble best, each leading to the trace. */
import { Group, Paper, Table, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import type { Alert } from '../../../api/alerts.ts'
import { EstimateBadge } from '../../../components/estimate-badge.tsx'
import { PageLink } from '../../../components/page-link.tsx'
import { TraceLink } from '../../../components/trace-link.tsx'
import { formatMoment, zoneName } from '../../../lib/format-time.ts'
import { formatValue } from '../../../lib/format.ts'
import { absoluteRange } from '../../../lib/time-range.ts'
import { useSharedState } from '../../../lib/url-state.ts'
import type { Evidence } from '../alert-queries.ts'
import classes from './detail.module.css'

/** Alerts that are about requests that failed. */
const ON_FAILURES: ReadonlySet<string> = new Set(['errors', 'dependency'])
/** A trace has one status, and they count two: errors and timeouts. */
const FAILED = '-status:success -status:rejected -status:cancelled'

export function WorstTraces({ evidence, alert }: { evidence: Evidence; alert: Alert }): ReactElement {
  const { worst_traces: traces, worst_traces_since: since, from, to } = evidence
  const { zone } = useSharedState()
  const service = alert.labels['service']
  const all = {
    ...absoluteRange(from, to),
    ...(service === undefined ? {} : { service }),
    ...(ON_FAILURES.has(alert.family) ? { q: FAILED } : {}),
  }
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="Worst traces">
      <Group justify="space-between" mb={4}>
        <Title order={2} fz="sm">
          {'Worst traces '}
          <EstimateBadge />
        </Title>
        <PageLink to="/traces" search={all} size="sm">
          All of this time
        </PageLink>
      </Group>
      {since > from && (
        <Text size="sm" c="dimmed">
          {`There are too many traces to look at all: these are of the time since ${formatMoment(since, zone)} ${zoneName(zone)}.`}
        </Text>
      )}
      {traces.length === 0 ? (
        <Text size="sm" c="dimmed">
          No trace of it was kept. Alerts count every request; traces are a sample, kept as long as retention
          says.
        </Text>
      ) : (
        <TraceTable traces={traces} />
      )}
    </Paper>
  )
}

function TraceTable({ traces }: { traces: Evidence['worst_traces'] }): ReactElement {
  const { zone } = useSharedState()
  return (
    <Table.ScrollContainer minWidth={620} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing={3} horizontalSpacing="xs" aria-label="Worst traces">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{`Start (${zoneName(zone)})`}</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th className={classes['number'] ?? ''}>Latency</Table.Th>
            <Table.Th>Organisation</Table.Th>
            <Table.Th>Model</Table.Th>
            <Table.Th>Trace</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {traces.map(
            ({ id, timestamp, status, total_latency_ms: latencyMs, org, model, error_type: type }) => (
              <Table.Tr key={`${timestamp} ${id}`}>
                <Table.Td style={{ whiteSpace: 'nowrap' }}>{formatMoment(timestamp, zone)}</Table.Td>
                <Table.Td>{type?.replaceAll('_', ' ') ?? status}</Table.Td>
                <Table.Td className={classes['number'] ?? ''}>
                  {formatValue(latencyMs / 1000, 'seconds')}
                </Table.Td>
                <Table.Td className={classes['cut'] ?? ''}>{org ?? '–'}</Table.Td>
                <Table.Td className={classes['cut'] ?? ''}>{model ?? '–'}</Table.Td>
                <Table.Td>
                  <TraceLink id={id} at={timestamp} />
                </Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
