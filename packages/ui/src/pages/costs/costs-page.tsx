/** Where the money goes: who spends it, on what, and how it was before. */
import { Paper, Stack, Title, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { EmptyState } from '../../components/empty-state.tsx'
import { ErrorState } from '../../components/error-state.tsx'
import { useClock } from '../../lib/clock.tsx'
import { CostBreakdown } from './cost-breakdown.tsx'
import { CostChart } from './cost-chart.tsx'
import { CostFigures } from './cost-figures.tsx'
import { DAYS_MAX, monthToDate, rangeText, sameDaysOfLastMonth } from './cost-period.ts'
import { isTimeGroup, useCostState } from './cost-state.ts'
import { CostToolbar } from './cost-toolbar.tsx'
import { groupsQuery, ledgerQuery, ROWS_MAX } from './ledger-queries.ts'

/** Of the page until the daemon has said which there are. */
const GROUPS = ['org', 'service', 'environment', 'operation', 'endpoint', 'provider', 'model']

export function CostsPage(): ReactElement {
  const { now } = useClock()
  const [state, setSearch] = useCostState(now)
  const { days, filters, group } = state
  const groups = useQuery(groupsQuery)
  const answer = useQuery(
    ledgerQuery({ days, filters, group, limit: isTimeGroup(group) ? DAYS_MAX : ROWS_MAX }),
  )
  const total = useQuery(ledgerQuery({ days, filters }))
  const thisMonth = useQuery(ledgerQuery({ days: monthToDate(now), filters }))
  const lastMonth = useQuery(ledgerQuery({ days: sameDaysOfLastMonth(now), filters }))
  const isEmpty = answer.data !== undefined && answer.data.rows.length === 0
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <Title order={1}>Costs</Title>
      </VisuallyHidden>
      <CostToolbar state={state} onChange={setSearch} groups={groups.data ?? GROUPS} now={now} />
      {answer.error !== null && answer.data === undefined ? (
        <ErrorState error={answer.error} onRetry={() => void answer.refetch()} />
      ) : (
        <>
          <CostFigures
            total={total.data?.total}
            thisMonth={thisMonth.data?.total}
            lastMonth={lastMonth.data?.total}
            firstDay={total.data?.first_day}
            now={now}
          />
          {isEmpty ? (
            <Paper>
              <EmptyState title={`Nothing was asked on ${rangeText(days)}`}>
                Choose another period, or remove a filter. Costs are counted for every request from the first
                one on.
              </EmptyState>
            </Paper>
          ) : (
            <>
              <CostChart state={state} answer={answer} onChange={setSearch} />
              <CostBreakdown state={state} answer={answer.data} onChange={setSearch} />
            </>
          )}
        </>
      )}
    </Stack>
  )
}
