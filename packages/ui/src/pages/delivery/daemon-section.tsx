/** The daemon itself: whether it writes, how full it is, how fast it commits, what it keeps. */
import { Alert, SimpleGrid, Stack, Title } from '@mantine/core'
import { IconDatabaseX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { healthQuery } from '../../api/queries.ts'
import { ErrorState } from '../../components/error-state.tsx'
import { formatAgo } from '../../lib/format-ago.ts'
import { formatBytes } from '../../lib/format-bytes.ts'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import type { Zone } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import { daemonQuery, storageQuery } from '../../api/daemon-queries.ts'
import type { DaemonLoad, Storage } from '../../api/daemon-queries.ts'
import { Reading } from './reading.tsx'

/** The event loop answers HTTP: held for longer, clients notice. */
const LAG_MS_HIGH = 500

export interface DaemonSectionProps {
  now: number
  zone: Zone
}

export function DaemonSection({ now, zone }: DaemonSectionProps): ReactElement {
  const storage = useQuery(storageQuery)
  const load = useQuery(daemonQuery)
  const health = useQuery(healthQuery)
  const failure =
    storage.data?.write_error ?? (health.data?.status === 'unhealthy' ? health.data.reason : null)
  const failed = [storage, load].find(({ error, data }) => error !== null && data === undefined)
  return (
    <Stack gap="sm" component="section" aria-label="The daemon">
      <Title order={2} fz="sm">
        The daemon
      </Title>
      {failure !== null && (
        <Alert color="red" icon={<IconDatabaseX size={18} />} title="Writes fail" role="alert">
          {failure}. Clients are told to come back and keep what they have; nothing that was acknowledged is
          lost. Look at the disk of {'`--db`'}: its space, its permissions, its limits.
        </Alert>
      )}
      {failed !== undefined && <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />}
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 4 }} spacing="sm">
        <WriteReadings storage={storage.data} load={load.data} failure={failure} now={now} zone={zone} />
        <StorageReadings storage={storage.data} load={load.data} now={now} zone={zone} />
      </SimpleGrid>
    </Stack>
  )
}

interface ReadingsProps extends DaemonSectionProps {
  storage: Storage | undefined
  load: DaemonLoad | undefined
}

function WriteReadings({
  storage,
  load,
  failure,
  now,
  zone,
}: ReadingsProps & { failure: string | null }): ReactElement {
  const lastCommitAt = storage?.last_commit_at
  const commits = load?.commits
  return (
    <>
      <Reading
        title="Writes"
        value={storage && (failure === null ? 'working' : 'failing')}
        tone={storage && (failure === null ? 'good' : 'bad')}
        detail={
          storage &&
          (typeof lastCommitAt === 'number' ? (
            <span title={`${formatMoment(lastCommitAt, zone)} ${zoneName(zone)}`}>
              last commit {formatAgo(lastCommitAt, now)}
            </span>
          ) : (
            'nothing written yet'
          ))
        }
      />
      <Reading
        title="Queue"
        value={load && `${load.in_flight_requests} of ${load.in_flight_requests_max}`}
        share={
          load &&
          Math.max(
            load.in_flight_requests / load.in_flight_requests_max,
            load.in_flight_bytes / load.in_flight_bytes_max,
          )
        }
        detail={
          load &&
          `bodies in flight, ${formatBytes(load.in_flight_bytes)} of ${formatBytes(load.in_flight_bytes_max)}`
        }
      />
      <Reading
        title="Commit time, p95"
        value={load && (commits ? formatValue(commits.p95_ms / 1000, 'seconds') : '–')}
        detail={
          load &&
          (commits
            ? `p50 ${formatValue(commits.p50_ms / 1000, 'seconds')}, slowest ${formatValue(commits.max_ms / 1000, 'seconds')}, of ${commits.count} ${commits.count === 1 ? 'commit' : 'commits'}`
            : 'no commit since the start')
        }
      />
      <Reading
        title="Longest stall"
        value={load && formatValue(load.event_loop_lag_ms / 1000, 'seconds')}
        tone={load && load.event_loop_lag_ms >= LAG_MS_HIGH ? 'warn' : undefined}
        detail={load && `that requests waited, lately; memory ${formatBytes(load.resident_memory_bytes)}`}
      />
    </>
  )
}

function StorageReadings({ storage, load, now, zone }: ReadingsProps): ReactElement {
  const oldest = storage?.oldest_trace_at
  const ran = storage?.last_retention_at
  return (
    <>
      <Reading
        title="Database"
        value={storage && formatBytes(storage.bytes)}
        share={storage && storage.bytes_max !== null ? storage.bytes / storage.bytes_max : undefined}
        tone={storage && storage.cap_error !== null ? 'bad' : undefined}
        detail={
          storage &&
          (storage.cap_error ??
            (storage.bytes_max === null ? 'no limit by size' : `of ${formatBytes(storage.bytes_max)}`))
        }
      />
      <Reading
        title="Traces kept"
        value={storage && formatValue(storage.traces, 'count')}
        detail={
          storage &&
          (typeof oldest === 'number' ? `oldest ${formatMoment(oldest, zone)} ${zoneName(zone)}` : 'none yet')
        }
      />
      <Reading
        title="Retention"
        value={
          load && `${load.retention_days.toLocaleString('en')} ${load.retention_days === 1 ? 'day' : 'days'}`
        }
        detail={
          storage &&
          (typeof ran === 'number' ? `last run ${formatAgo(ran, now)}` : 'has not run since the start')
        }
      />
      <Reading
        title="Deleted by retention"
        value={storage && formatValue(storage.deleted_traces, 'count')}
        detail="traces since the daemon started"
      />
    </>
  )
}
