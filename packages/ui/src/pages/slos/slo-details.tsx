/** One objective: its budget over the last days, its burn rates by window, and the alerts that are about it. */
import { Paper, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { ReactElement } from 'react'
import { alertsQuery } from '../../api/alerts.ts'
import { Chart } from '../../components/chart/chart.tsx'
import type { ChartModel } from '../../components/chart/model.ts'
import { PageLink } from '../../components/page-link.tsx'
import { useClock } from '../../lib/clock.tsx'
import { rateText, rateTone, windowName } from './pace.ts'
import { HISTORY_DAYS, useSloHistory } from './slo-queries.ts'
import type { Slo } from './slo-queries.ts'
import classes from './slos.module.css'

/** Far below zero the course could not be seen any more. */
const DRAWN_MIN = -1

export function SloDetails({ slo }: { slo: Slo }): ReactElement {
  return (
    <div className={classes['grid']}>
      <BudgetChart slo={slo} />
      <Stack gap="sm">
        <BurnTable slo={slo} />
        <SloAlerts slo={slo} />
      </Stack>
    </div>
  )
}

function BudgetChart({ slo }: { slo: Slo }): ReactElement {
  const { now } = useClock()
  const history = useSloHistory(now)
  const { data } = history
  const own = data?.slos.find(({ name, service }) => name === slo.name && service === slo.service)
  const isCut = own?.points.some(({ error_budget_remaining: left }) => left !== null && left < DRAWN_MIN)
  const model = useMemo(
    (): ChartModel => ({
      steps: own?.points.map(({ at }) => at) ?? [],
      stepMs: (data?.step_seconds ?? 3600) * 1000,
      unit: 'ratio',
      kind: 'line',
      lines: [
        {
          name: 'budget left',
          values:
            own?.points.map(({ error_budget_remaining: left }) =>
              left === null ? null : Math.max(DRAWN_MIN, left),
            ) ?? [],
        },
      ],
      limit: { value: 0, label: 'used up' },
    }),
    [own, data?.step_seconds],
  )
  return (
    <Chart
      title={`Budget left, last ${HISTORY_DAYS} days`}
      asked={[history]}
      model={model}
      height={180}
      empty="The first events came a moment ago: the course is drawn once an hour."
      note={
        isCut === true
          ? `At each moment of the ${slo.window_days} days before it. What is below -100% is drawn there.`
          : `At each moment of the ${slo.window_days} days before it.`
      }
    />
  )
}

function BurnTable({ slo }: { slo: Slo }): ReactElement {
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="Burn rates">
      <Title order={3} fz="sm">
        Burn rates
      </Title>
      <Text size="xs" c="dimmed" mb={4}>
        {`×1 spends the budget exactly within its ${slo.window_days} days; above it is used up sooner.`}
      </Text>
      <Table verticalSpacing={3} fz="sm" aria-label="Burn rates by window">
        <Table.Tbody>
          {slo.burn_rates.map(({ window_minutes: minutes, rate }) => (
            <Table.Tr key={minutes}>
              <Table.Th scope="row" fw={400}>{`last ${windowName(minutes)}`}</Table.Th>
              <Table.Td className={`${classes['number']} ${classes['tone']}`} data-tone={rateTone(rate)}>
                {rateText(rate)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

function SloAlerts({ slo }: { slo: Slo }): ReactElement | null {
  const { data } = useQuery(alertsQuery)
  const own =
    data?.alerts.filter(({ labels }) => labels['slo'] === slo.name && labels['service'] === slo.service) ?? []
  if (own.length === 0) return null
  return (
    <Text size="sm" component="div">
      {own.map(({ id, name, state }) => (
        <div key={id}>
          <PageLink to={`/alerts/${id}`} inherit>
            {name}
          </PageLink>
          {` ${state === 'firing' ? 'fires' : state === 'pending' ? 'is about to fire' : 'has resolved'}`}
        </div>
      ))}
    </Text>
  )
}
