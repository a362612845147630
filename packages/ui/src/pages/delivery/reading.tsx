/** One fact about the daemon: what, how much, and how full where there is a limit. */
import { Paper, Progress, Skeleton, Text } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import classes from './reading.module.css'

export interface ReadingProps {
  title: string
  /** undefined is not known yet. */
  value: ReactNode
  detail?: ReactNode
  /** 0..1 of a limit; undefined where there is none. */
  share?: number | undefined
  /** Says in colour what `value` or `detail` says in words. */
  tone?: 'good' | 'bad' | 'warn' | undefined
}

/** From here on a limit is near. */
const SHARE_NEAR = 0.8

export function Reading({ title, value, detail, share, tone }: ReadingProps): ReactElement {
  const isNear = share !== undefined && share >= SHARE_NEAR
  return (
    <Paper className={classes['reading'] ?? ''} component="section" aria-label={title} data-tone={tone}>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      {value === undefined ? (
        <Skeleton height={22} width="60%" my={5} />
      ) : (
        <div className={classes['value']} data-tone={tone ?? (isNear ? 'warn' : undefined)}>
          {value}
        </div>
      )}
      {share !== undefined && (
        <Progress
          value={Math.min(100, share * 100)}
          size={4}
          my={4}
          color={isNear ? 'orange' : 'accent'}
          aria-label={`${title}: ${(share * 100).toFixed(0)}% of the limit`}
        />
      )}
      <Text size="xs" c="dimmed" component="div">
        {detail ?? '\u00A0'}
      </Text>
    </Paper>
  )
}
