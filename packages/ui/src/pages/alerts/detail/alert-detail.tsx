/** One alert, filled with evidence: what it looked at, the guilty stage, the worst traces, who is affected, what changed. */
import { Skeleton, Stack } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { alertsQuery, useAlertHistory } from '../../../api/alerts.ts'
import type { Alert, Transition } from '../../../api/alerts.ts'
import { EmptyState } from '../../../components/empty-state.tsx'
import { ErrorState } from '../../../components/error-state.tsx'
import { PageLink } from '../../../components/page-link.tsx'
import { useClock } from '../../../lib/clock.tsx'
import { useTitlePart } from '../../../lib/document-title.tsx'
import { DAY_MS, HOUR_MS } from '../../../lib/time-range.ts'
import { rulesQuery } from '../alert-queries.ts'
import type { Rule } from '../alert-queries.ts'
import { DetailHead } from './detail-head.tsx'
import classes from './detail.module.css'
import { EvidencePanels } from './evidence-panels.tsx'
import { PastPanel, RunbookPanel } from './side-panels.tsx'
import { SignalChart } from './signal-chart.tsx'

const HISTORY_DAYS = 90

export function AlertDetail({ id }: { id: string }): ReactElement {
  const { now } = useClock()
  // A whole hour: the question stays the same from tick to tick.
  const to = (Math.floor(now / HOUR_MS) + 1) * HOUR_MS
  const alerts = useQuery(alertsQuery)
  const rules = useQuery(rulesQuery)
  const history = useAlertHistory({ from: to - HISTORY_DAYS * DAY_MS, to, id })
  const alert = alerts.data?.alerts.find((one) => one.id === id)
  const [last] = history.data ?? []
  const name = alert?.name ?? last?.name
  const rule = rules.data?.find((one) => one.name === name)
  const asked = [alerts, rules, history]
  const failed = asked.find(({ error, data }) => error !== null && data === undefined)
  return (
    <Stack gap="sm">
      <div>
        <PageLink to="/alerts" size="sm">
          <IconArrowLeft size={14} style={{ verticalAlign: -2 }} /> All alerts
        </PageLink>
      </div>
      {failed !== undefined ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : asked.some(({ data }) => data === undefined) ? (
        <Skeleton height={320} radius="md" />
      ) : name === undefined ? (
        <EmptyState title="There is no such alert">
          No alert of this address is active, and none has changed in the last {HISTORY_DAYS} days.
        </EmptyState>
      ) : (
        <Found alert={alert} name={name} rule={rule} transitions={history.data ?? []} />
      )}
    </Stack>
  )
}

interface FoundProps {
  alert: Alert | undefined
  name: string
  rule: Rule | undefined
  transitions: readonly Transition[]
}

function Found({ alert, name, rule, transitions }: FoundProps): ReactElement {
  const labels = alert?.labels ?? transitions[0]?.labels ?? {}
  const since = alert?.active_at ?? transitions[0]?.at
  const service = labels['service']
  useTitlePart(service === undefined || service === '' ? name : `${name} (${service})`)
  return (
    <>
      <DetailHead alert={alert} name={name} rule={rule} labels={labels} last={transitions[0]} />
      <div className={classes['grid']}>
        <div className={classes['column']}>
          {rule !== undefined && rule.comparison !== null && name !== 'RagWatchdog' && (
            <SignalChart rule={rule} labels={labels} since={since} transitions={transitions} alert={alert} />
          )}
          {alert !== undefined && name !== 'RagWatchdog' && <EvidencePanels alert={alert} />}
        </div>
        <div className={classes['column']}>
          <RunbookPanel rule={rule} />
          <PastPanel transitions={transitions} />
        </div>
      </div>
    </>
  )
}
