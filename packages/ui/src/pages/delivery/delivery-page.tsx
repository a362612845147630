/** Whether what was sent has arrived: the daemon, the way to it, and who sends. */
import { Paper, Skeleton, Stack, Title, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { useClock } from '../../lib/clock.tsx'
import { useView } from '../../lib/view.ts'
import { ClientFigures } from './client-figures.tsx'
import { ClientsTable } from './clients-table.tsx'
import { DaemonSection } from './daemon-section.tsx'
import { CLIENTS_MAX, clientsQuery } from './delivery-queries.ts'
import { DeliveryCharts } from './delivery-charts.tsx'
import { StagesTable } from './stages-table.tsx'

export function DeliveryPage(): ReactElement {
  const { now } = useClock()
  const view = useView()
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <Title order={1}>Delivery</Title>
      </VisuallyHidden>
      <DaemonSection now={now} zone={view.zone} />
      <Title order={2} fz="sm">
        The way here
      </Title>
      <Clients now={now} service={view.service} zone={view.zone} />
      <DeliveryCharts />
      <StagesTable />
    </Stack>
  )
}

interface ClientsProps {
  now: number
  service: string | undefined
  zone: 'utc' | 'local'
}

function Clients({ now, service, zone }: ClientsProps): ReactElement {
  const { data, error, refetch } = useQuery(clientsQuery)
  if (data === undefined) {
    if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
    return <Skeleton height={240} radius="md" aria-label="Loading the clients" />
  }
  const clients = service === undefined ? data : data.filter((client) => client.service === service)
  if (clients.length === 0) {
    return (
      <Paper>
        <EmptyState
          title={
            service === undefined
              ? 'No client has sent anything yet'
              : `No client of ${service} has sent anything`
          }
        >
          Processes with the SDK are listed here with their first batch, other senders if they state a
          client.instance.
        </EmptyState>
      </Paper>
    )
  }
  return (
    <>
      <ClientFigures clients={clients} />
      <ClientsTable clients={clients} isTruncated={data.length >= CLIENTS_MAX} now={now} zone={zone} />
    </>
  )
}
