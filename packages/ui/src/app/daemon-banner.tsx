/** Says when the daemon is away or cannot write; goes by itself when it is back, and the page looks again. */
import { Alert, Code } from '@mantine/core'
import { IconDatabaseX, IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import { ApiError } from '../api/api-error.ts'
import { healthQuery } from '../api/queries.ts'
import { useClock } from '../lib/clock.tsx'

export function DaemonBanner(): ReactElement | null {
  const { data, error } = useQuery(healthQuery)
  const { tick } = useClock()
  const wasAway = useRef(false)
  useSignInWhenRefused(error)
  useEffect(() => {
    if (wasAway.current && error === null) tick()
    wasAway.current = error !== null
  }, [error, tick])
  if (error !== null && !isRefusal(error)) {
    return (
      <Alert
        color="red"
        mb="md"
        icon={<IconPlugConnectedX size={18} />}
        title="The daemon does not answer"
        role="alert"
      >
        What you see is what it said last. This page tries again every 3 seconds and goes on by itself. On its
        machine, <Code>ragmeter status</Code> says more.
      </Alert>
    )
  }
  if (data !== undefined && data.status === 'unhealthy') {
    return (
      <Alert
        color="red"
        mb="md"
        icon={<IconDatabaseX size={18} />}
        title="The daemon cannot write"
        role="alert"
      >
        {`${data.reason}. What is sent to it now is refused; clients keep it and send it again.`}
      </Alert>
    )
  }
  return null
}

function isRefusal(error: Error | null): boolean {
  return error instanceof ApiError && error.status === 401
}

function useSignInWhenRefused(error: Error | null): void {
  const navigate = useNavigate()
  const router = useRouter()
  useEffect(() => {
    if (!isRefusal(error)) return
    const { href } = router.state.location
    void navigate({ to: '/sign-in', search: { back: href }, replace: true })
  }, [error, navigate, router])
}
