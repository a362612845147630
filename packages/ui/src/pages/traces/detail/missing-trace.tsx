/** In place of a trace that the daemon does not have: why, and what still can be seen. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { daemonQuery, storageQuery } from '../../../api/daemon-queries.ts'
import { EmptyState } from '../../../components/empty-state.tsx'
import type { Zone } from '../../../lib/format-time.ts'
import { MINUTE_MS } from '../../../lib/time-range.ts'
import { formatWhole } from '../list/trace-time.ts'
import { missingOf } from './missing.ts'

/** Enough to see what was before and after. */
const AROUND_MS = 30 * MINUTE_MS

interface MissingTraceProps {
  id: string
  /** Start of the trace, where the address says it. */
  at: string | undefined
  zone: Zone
  onRetry: () => void
}

export function MissingTrace({ id, at, zone, onRetry }: MissingTraceProps): ReactElement {
  const storage = useQuery(storageQuery)
  const daemon = useQuery(daemonQuery)
  const missing = missingOf(id, at, storage.data?.oldest_accepted)
  const kept = [
    daemon.data === undefined ? '' : `for up to ${daemon.data.retention_days} days (retention)`,
    storage.data === undefined ? '' : `now back to ${formatWhole(storage.data.oldest_accepted, zone)}`,
  ].filter((part) => part !== '')
  const retention = kept.length === 0 ? '' : `The daemon keeps traces ${kept.join(', ')}.`
  if (missing.why === 'deleted')
    return (
      <EmptyState
        title="This trace is deleted"
        action={
          <Button variant="default" component={Link} to={`/${around(missing.startedAt)}`}>
            What happened around then
          </Button>
        }
      >
        It started at {formatWhole(missing.startedAt, zone)}. {retention} Its numbers are still part of the
        figures and charts.
      </EmptyState>
    )
  return (
    <EmptyState
      title="This trace is not stored"
      action={
        <Button variant="default" onClick={onRetry}>
          Try again
        </Button>
      }
    >
      {missing.why === 'absent'
        ? 'It was not part of the sample, or is still on its way: applications send every few seconds.'
        : `It was not part of the sample, is still on its way, or is deleted. ${retention}`}
    </EmptyState>
  )
}

function around(at: number): string {
  return `?from=${moment(at - AROUND_MS)}&to=${moment(at + AROUND_MS)}`
}

function moment(ms: number): string {
  return new Date(ms).toISOString()
}
