/** A page that failed to load or to draw. */
import { Container } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { ErrorState } from './error-state.tsx'

export function PageError({ error }: { error: unknown }): ReactElement {
  const router = useRouter()
  return (
    <Container py="xl">
      <ErrorState error={error} onRetry={() => void router.invalidate()} />
    </Container>
  )
}
