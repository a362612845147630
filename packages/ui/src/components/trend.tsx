/** The course of a number in a row of a table: its shape, without axes. */
import type { ReactElement } from 'react'
import classes from './trend.module.css'

const WIDTH = 120
const HEIGHT = 22
/** More are thinner than a pixel. */
const BARS_MAX = 40

export function Trend({ values }: { values: readonly number[] }): ReactElement {
  const bars = gathered(values)
  const most = Math.max(1, ...bars)
  const width = WIDTH / Math.max(1, bars.length)
  return (
    <svg
      className={classes['trend']}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden
    >
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={classes['ground']} />
      {bars.map((value, index) => {
        const height = value === 0 ? 0 : Math.max(2, (value / most) * (HEIGHT - 2))
        return (
          <rect
            key={index}
            x={index * width}
            y={HEIGHT - height}
            width={Math.max(1, width - 0.8)}
            height={height}
            className={classes['bar']}
          />
        )
      })}
    </svg>
  )
}

/** Neighbours added up until there are few enough. */
function gathered(values: readonly number[]): number[] {
  const each = Math.max(1, Math.ceil(values.length / BARS_MAX))
  return Array.from({ length: Math.ceil(values.length / each) }, (_, index) =>
    values.slice(index * each, (index + 1) * each).reduce((sum, value) => sum + value, 0),
  )
}
