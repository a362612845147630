/** The edge of the panel, moved by pointer or arrow keys; the width stays in this browser. */
import { useLocalStorage } from '@mantine/hooks'
import type { KeyboardEvent, PointerEvent, ReactElement } from 'react'
import classes from './detail.module.css'

const WIDTH_MIN = 360
const WIDTH_MAX = 1200
const DEFAULT_WIDTH = 680
const STEP = 40

export function usePanelWidth(): { width: number; setWidth: (width: number) => void } {
  const [width, setWidth] = useLocalStorage<number>({
    key: 'ragmeter-trace-panel',
    defaultValue: DEFAULT_WIDTH,
    getInitialValueInEffect: false,
    deserialize: (text) => within(Number(text)),
  })
  return { width, setWidth: (next) => setWidth(within(next)) }
}

function within(width: number): number {
  return Number.isFinite(width) ? Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, Math.round(width))) : DEFAULT_WIDTH
}

export function PanelHandle({
  width,
  onChange,
}: {
  width: number
  onChange: (width: number) => void
}): ReactElement {
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const handle = event.currentTarget
    const start = event.clientX
    handle.setPointerCapture(event.pointerId)
    const onMove = (move: globalThis.PointerEvent) => onChange(width + start - move.clientX)
    handle.addEventListener('pointermove', onMove)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', onMove), {
      once: true,
    })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') onChange(width + STEP)
    else if (event.key === 'ArrowRight') onChange(width - STEP)
  }
  return (
    <div
      className={classes['handle']}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the trace"
      aria-valuemin={WIDTH_MIN}
      aria-valuemax={WIDTH_MAX}
      aria-valuenow={width}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  )
}
