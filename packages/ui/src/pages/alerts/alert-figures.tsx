/** How many alerts there are of each kind, and whether they are looked at. */
import { SimpleGrid } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { alertsQuery, isAlarm } from '../../api/alerts.ts'
import { Figure } from '../../components/figure.tsx'
import { useClock } from '../../lib/clock.tsx'
import { formatAgo } from '../../lib/format-ago.ts'
import { useSharedState } from '../../lib/url-state.ts'
import { AlertProblems } from './alert-problems.tsx'
import { isOfService } from './rule-of.ts'

/** Eight rounds: longer ago is no hiccup. */
const STALE_MS = 120_000

export function AlertFigures(): ReactElement {
  const { data } = useQuery(alertsQuery)
  const { service } = useSharedState()
  const { now } = useClock()
  const alerts = data?.alerts.filter(({ labels }) => isOfService(labels, service)) ?? []
  const firing = alerts.filter(isAlarm)
  const critical = firing.filter(({ severity }) => severity === 'critical').length
  const pending = alerts.filter(({ state }) => state === 'pending')
  const quiet = firing.filter(({ silenced_by: ids, inhibited_by: worse }) => ids.length > 0 || worse !== null)
  const silenced = firing.filter(({ silenced_by: ids }) => ids.length > 0).length
  const isPending = data === undefined
  const evaluatedAt = data?.evaluated_at ?? undefined
  const isStale = evaluatedAt !== undefined && now - evaluatedAt > STALE_MS
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Figure
          title="Firing"
          value={isPending ? undefined : firing.length}
          unit="count"
          alarm={firing.length > 0 ? 'somebody should look' : undefined}
          detail={critical === 0 ? 'none of them critical' : `${critical} critical`}
          help="Alerts whose condition has held for long enough, the watchdog aside."
          isPending={isPending}
        />
        <Figure
          title="Pending"
          value={isPending ? undefined : pending.length}
          unit="count"
          detail="hold, but not for long enough yet"
          help="Alerts whose condition holds; each waits for a while before it fires."
          isPending={isPending}
        />
        <Figure
          title="Firing, but not told"
          value={isPending ? undefined : quiet.length}
          unit="count"
          detail={`${silenced} silenced, ${quiet.length - silenced} told through a worse one`}
          help="Firing alerts of which nobody is told: silenced by somebody, or about the same as a worse one that is told."
          isPending={isPending}
        />
        <Figure
          title="Evaluated"
          value={data?.evaluated}
          unit="count"
          alarm={isStale ? 'not evaluated lately' : undefined}
          detail={evaluatedAt === undefined ? 'not yet' : formatAgo(evaluatedAt, now)}
          help="Alerts that this daemon evaluates, every 15 seconds; the others are for Prometheus."
          isPending={isPending}
        />
      </SimpleGrid>
      {data !== undefined && <AlertProblems answer={data} now={now} />}
    </>
  )
}
