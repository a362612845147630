/** Scores of the answer, and look-ups in caches. */
import { Badge, Group } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatValue } from '../../../lib/format.ts'
import type { Trace } from '../trace-types.ts'
import classes from './detail.module.css'

/** Those of the request itself, and those that came later. */
export function QualityList({ trace: { quality = [], scores } }: { trace: Trace }): ReactElement {
  const rows = [
    ...quality.map((score) => ({ ...score, isLate: false })),
    ...scores.map((score) => ({ ...score, isLate: true })),
  ]
  return (
    <ul className={classes['scores']}>
      {rows.map(({ metric, score, source, isLate }, index) => (
        <li key={index}>
          <span className={classes['metric']}>{metric}</span>
          <span className={classes['meter']} aria-hidden>
            <span style={{ transform: `scaleX(${Math.min(1, Math.max(0, score))})` }} />
          </span>
          <b>{formatValue(score, 'score')}</b>
          <span className={classes['quiet']}>
            {source}
            {isLate ? ', later' : ''}
          </span>
        </li>
      ))}
    </ul>
  )
}

export function CacheList({ cache }: { cache: NonNullable<Trace['cache']> }): ReactElement {
  return (
    <Group gap={8}>
      {cache.map(({ cache: name, hit }, index) => (
        <Badge key={index} variant="light" color={hit ? 'teal' : 'gray'} tt="none">
          {name}: {hit ? 'hit' : 'miss'}
        </Badge>
      ))}
    </Group>
  )
}
