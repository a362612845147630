/** What fails, since when, how often, and what it looks like. */
import { Paper, Skeleton, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { useMemo } from 'react'
import type { ReactElement } from 'react'
import { useSeries } from '../../api/queries.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { SeriesChart } from '../../components/series-chart.tsx'
import { useClock } from '../../lib/clock.tsx'
import { useView } from '../../lib/view.ts'
import { ErrorFigures } from './error-figures.tsx'
import { errorRows, totalOfSeries } from './error-rows.ts'
import { ErrorsTable } from './errors-table.tsx'
import { useSeen } from './use-seen.ts'

/** Types, stages and services together; the API says how many it left out. */
const SERIES_MAX = 500

export function ErrorsPage(): ReactElement {
  const { now } = useClock()
  const view = useView()
  const { range, service } = view
  const errors = useSeries(range, service, {
    metric: 'rag_errors_total',
    by: ['error_type', 'stage', 'service'],
    limit: SERIES_MAX,
  })
  const requests = useSeries(range, service, { metric: 'rag_requests_total', by: ['status'] })
  const seen = useSeen(service, now)
  const count = requests.data === undefined ? undefined : totalOfSeries(requests.data)
  const rows = useMemo(
    () => (errors.data === undefined || count === undefined ? undefined : errorRows(errors.data, count)),
    [errors.data, count],
  )
  const failed = [errors, requests].find(({ error, data }) => error !== null && data === undefined)
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <Title order={1}>Errors</Title>
      </VisuallyHidden>
      <ErrorFigures rows={rows} requests={requests.data} />
      <SeriesChart
        title="Errors by type"
        unit="count"
        metric="rag_errors_total"
        by="error_type"
        kind="bar"
        empty={count === undefined || count === 0 ? undefined : 'No request failed in this range.'}
      />
      {failed !== undefined && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      <Paper component="section" p="md" aria-label="Types">
        <Title order={2} fz="sm" mb={4}>
          Types
        </Title>
        {rows === undefined ? (
          failed === undefined && <Skeleton height={160} />
        ) : rows.length === 0 ? (
          <EmptyState
            title={count === 0 ? 'No requests in this range' : 'No request failed in this range'}
            height={140}
          >
            {count === 0
              ? 'Choose a longer range, or another service.'
              : 'First and last seen come back with the next error.'}
          </EmptyState>
        ) : (
          <ErrorsTable rows={rows} seen={seen} view={view} now={now} />
        )}
        {errors.data !== undefined && errors.data.omitted > 0 && (
          <Text size="xs" c="dimmed">
            {`${errors.data.omitted} rarer combinations of type, stage and service are not counted here: choose a service.`}
          </Text>
        )}
      </Paper>
    </Stack>
  )
}
