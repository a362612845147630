/** What is active: firing first, the worst before the others, then what is about to fire, then what has ended, then the rest. */
import { Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { alertsQuery } from '../../api/alerts.ts'
import type { Alert, AlertsAnswer } from '../../api/alerts.ts'
import { EmptyState } from '../../components/empty-state.tsx'
import { Waiting } from '../../components/waiting.tsx'
import { useClock } from '../../lib/clock.tsx'
import { useSharedState } from '../../lib/url-state.ts'
import { rulesQuery } from './alert-queries.ts'
import { AlertRow } from './alert-row.tsx'
import classes from './alerts.module.css'
import { QuietList } from './quiet-list.tsx'
import { isOfService, rulesByName } from './rule-of.ts'

const SECTIONS = [
  ['firing', 'Firing', 'The condition has held for long enough.'],
  ['pending', 'Pending', 'The condition holds, but not for long enough yet.'],
  ['resolved', 'Resolved', 'Within the last quarter of an hour.'],
] as const

/** Rows of one section. Beyond them one looks at a service. */
const ROWS_MAX = 100

export function NowTab(): ReactElement {
  const alerts = useQuery(alertsQuery)
  const rules = useQuery(rulesQuery)
  if (alerts.data === undefined) {
    return <Waiting asked={alerts} />
  }
  return (
    <Stack gap="md">
      <Active answer={alerts.data} />
      {rules.data === undefined ? (
        <Waiting asked={rules} />
      ) : (
        <QuietList rules={rules.data} active={alerts.data.alerts} />
      )}
    </Stack>
  )
}

function Active({ answer }: { answer: AlertsAnswer }): ReactElement {
  const { service } = useSharedState()
  const shown = answer.alerts.filter(
    ({ severity, labels }) => severity !== 'none' && isOfService(labels, service),
  )
  return (
    <>
      {!shown.some(({ state }) => state === 'firing') && (
        <EmptyState
          title={answer.evaluated_at === null ? 'Alerts are not evaluated yet' : 'Nothing fires'}
          height={90}
        >
          {answer.evaluated_at === null
            ? 'The first evaluation comes within 15 seconds of the start of the daemon.'
            : `${answer.evaluated} alerts are evaluated every 15 seconds.`}
        </EmptyState>
      )}
      {SECTIONS.map(([state, title, help]) => (
        <Section
          key={state}
          title={title}
          help={help}
          alerts={shown.filter((alert) => alert.state === state)}
          all={answer.alerts}
        />
      ))}
    </>
  )
}

interface SectionProps {
  title: string
  help: string
  alerts: readonly Alert[]
  all: readonly Alert[]
}

function Section({ title, help, alerts, all }: SectionProps): ReactElement | null {
  const { now } = useClock()
  const { zone } = useSharedState()
  const rules = rulesByName(useQuery(rulesQuery).data)
  if (alerts.length === 0) return null
  return (
    <section aria-label={title}>
      <Title order={2} fz="sm" mb={6}>
        {`${title} `}
        <Text span size="xs" c="dimmed" fw={400}>
          {`${alerts.length} · ${help}`}
        </Text>
      </Title>
      <ul className={classes['list']}>
        {alerts.slice(0, ROWS_MAX).map((alert) => (
          <AlertRow
            key={alert.id}
            alert={alert}
            rule={rules.get(alert.name)}
            inhibitor={all.find(({ id }) => id === alert.inhibited_by)}
            now={now}
            zone={zone}
          />
        ))}
      </ul>
      {alerts.length > ROWS_MAX && (
        <Text size="xs" c="dimmed" mt={4}>
          {`${alerts.length - ROWS_MAX} more: choose a service.`}
        </Text>
      )}
    </section>
  )
}
