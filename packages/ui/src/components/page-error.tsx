/** A page that failed to load or to draw. */
import { Alert, Container, Text } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { ReactElement } from 'react'
import { ApiError } from '../api/api-error.ts'
import { healthQuery } from '../api/queries.ts'
import { PartError } from '../lib/load-part.ts'
import { ErrorState } from './error-state.tsx'

export function PageError({ error }: { error: unknown }): ReactElement {
  const router = useRouter()
  return (
    <Container py="xl">
      {error instanceof PartError ? (
        <MissingPart error={error} />
      ) : (
        <ErrorState error={error} onRetry={() => void router.invalidate()} />
      )}
    </Container>
  )
}

/**
 * Waits for the daemon and loads the document again, whose address says all there is to know: a browser need not ask a
 * second time for code that did not come, and after an upgrade its files have other names.
 */
function MissingPart({ error }: { error: PartError }): ReactElement {
  const { isThere, wasAway } = useDaemonSince()
  const isHopeless = isThere && error.isOfFreshDocument && !wasAway
  useEffect(() => {
    if (isThere && !isHopeless) window.location.reload()
  }, [isHopeless, isThere])
  if (isHopeless) return <ErrorState error={error.cause} onRetry={() => window.location.reload()} />
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconPlugConnectedX size={18} />}
      title="The daemon does not answer"
      role="alert"
    >
      <Text size="sm">
        This page had not been opened yet. It opens by itself as soon as the daemon answers.
      </Text>
    </Alert>
  )
}

/** Whether it has answered since this was first drawn, and whether it was away in between. */
function useDaemonSince(): { isThere: boolean; wasAway: boolean } {
  const [since] = useState(() => Date.now())
  const { error, dataUpdatedAt, errorUpdatedAt } = useQuery({ ...healthQuery, refetchOnMount: 'always' })
  const [wasAway, setAway] = useState(false)
  const isRefused = error instanceof ApiError
  const isAway = error !== null && !isRefused
  if (isAway && !wasAway) setAway(true)
  const isThere = !isAway && Math.max(dataUpdatedAt, isRefused ? errorUpdatedAt : 0) >= since
  return { isThere, wasAway }
}
