/** In the place of what was asked for: its outline until there is an answer, or why there is none. */
import { Skeleton } from '@mantine/core'
import type { ReactElement } from 'react'
import type { Asked } from './chart/chart.tsx'
import { ErrorState } from './error-state.tsx'

export interface WaitingProps {
  asked: Pick<Asked, 'error' | 'refetch'>
  /** Of the outline, in pixels. @default 240 */
  height?: number
}

export function Waiting({ asked: { error, refetch }, height = 240 }: WaitingProps): ReactElement {
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />
  return <Skeleton height={height} radius="md" />
}
