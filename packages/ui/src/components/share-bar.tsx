/** A part of a whole as a bar, beside the number that says it. */
import type { ReactElement } from 'react'
import classes from './share-bar.module.css'

export interface ShareBarProps {
  /** Of 1; what is beyond is drawn as the whole, or as nothing. */
  share: number
  /** @default that of the theme */
  tone?: 'good' | 'warn' | 'bad' | undefined
}

export function ShareBar({ share, tone }: ShareBarProps): ReactElement {
  return (
    <span className={classes['track']} aria-hidden>
      <span
        className={classes['bar']}
        data-tone={tone}
        style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }}
      />
    </span>
  )
}
