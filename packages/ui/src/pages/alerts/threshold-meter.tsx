/** A value beside its threshold: a bar, and a line where the alert begins. */
import type { ReactElement } from 'react'
import classes from './alerts.module.css'

export interface ThresholdMeterProps {
  value: number
  threshold: number
  /** Whether the value is on the side of the alert. */
  isBeyond: boolean
}

/** The threshold is not at the edge: one sees on which side of it the value is. */
const ROOM = 1.4

export function ThresholdMeter({ value, threshold, isBeyond }: ThresholdMeterProps): ReactElement | null {
  const most = Math.max(value, threshold) === threshold ? threshold * ROOM : Math.max(value, threshold * ROOM)
  if (!Number.isFinite(most) || most <= 0) return null
  const percent = (of: number) => `${Math.min(100, Math.max(0, (of / most) * 100))}%`
  return (
    <span className={classes['meter']} aria-hidden>
      <span
        className={classes['meterBar']}
        data-beyond={isBeyond || undefined}
        style={{ width: percent(value) }}
      />
      <span className={classes['meterLine']} style={{ left: percent(threshold) }} />
    </span>
  )
}
