/** A value beside its threshold: a bar, and a line where the alert begins. */
import type { ReactElement } from 'react'
import { ShareBar } from '../../components/share-bar.tsx'
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
  // Of a threshold of zero (a probe that fails, scores that stop coming) a bar cannot say how near the value is.
  if (!Number.isFinite(most) || most <= 0 || threshold === 0) return null
  return (
    <span className={classes['meter']} aria-hidden>
      <ShareBar share={value / most} tone={isBeyond ? 'bad' : undefined} />
      <span className={classes['meterLine']} style={{ left: `${Math.max(0, threshold / most) * 100}%` }} />
    </span>
  )
}
