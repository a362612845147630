/** Stages as bars on the time of the request. */
import { Text } from '@mantine/core'
import { Fragment } from 'react'
import type { CSSProperties, ReactElement } from 'react'
import { formatValue } from '../../../lib/format.ts'
import type { Bar, Waterfall } from './waterfall.ts'
import classes from './waterfall.module.css'

const TICKS = [0, 0.25, 0.5, 0.75, 1]

const seconds = (ms: number) => formatValue(ms / 1000, 'seconds')

export function WaterfallView({ waterfall }: { waterfall: Waterfall }): ReactElement {
  const { bars, lengthMs, otherMs } = waterfall
  if (bars.length === 0)
    return (
      <Text size="sm" c="dimmed">
        The trace states no stages: only its total of {seconds(lengthMs)} is known.
      </Text>
    )
  const isPlaced = bars.some(({ startMs }) => startMs !== undefined)
  return (
    <div className={classes['waterfall']} role="table" aria-label="Stages by time">
      <div className={classes['axis']} aria-hidden>
        {TICKS.map((tick) => (
          <span key={tick} style={{ left: `${tick * 100}%` }}>
            {seconds(tick * lengthMs)}
          </span>
        ))}
      </div>
      {bars.map((bar) => (
        <Row key={bar.key} bar={bar} lengthMs={lengthMs} />
      ))}
      {otherMs !== undefined && otherMs >= 0.5 && (
        <Text size="xs" c="dimmed" mt={6}>
          {seconds(otherMs)} ({formatValue(otherMs / lengthMs, 'ratio')}) of the request lie in no stage.
        </Text>
      )}
      {!isPlaced && (
        <Text size="xs" c="dimmed" mt={6}>
          The trace does not state when its stages began: bars show durations only.
        </Text>
      )}
    </div>
  )
}

function Row({ bar, lengthMs }: { bar: Bar; lengthMs: number }): ReactElement {
  const { stage, name, depth, startMs, durationMs, status, attributes } = bar
  const length = Math.max(lengthMs, 1e-9)
  const place = {
    '--from': `${((startMs ?? 0) / length) * 100}%`,
    '--length': `${(durationMs / length) * 100}%`,
  } as CSSProperties
  const start = startMs === undefined ? 'start not stated' : `starts at ${seconds(startMs)}`
  const isBad = status === 'error' || status === 'timeout'
  const facts = Object.entries(attributes ?? {})
  return (
    <Fragment>
      <div
        className={classes['row']}
        role="row"
        title={`${stage}${name === undefined ? '' : ` (${name})`}: ${seconds(durationMs)}, ${start}`}
      >
        <span className={classes['name']} role="rowheader" style={{ paddingLeft: depth * 12 }}>
          {stage.replaceAll('_', ' ')}
          {name !== undefined && <em>{name}</em>}
        </span>
        <span className={classes['track']} role="cell" aria-label={start}>
          <span
            className={classes['bar']}
            data-stage={stage}
            data-bad={isBad || undefined}
            data-unplaced={startMs === undefined || undefined}
            style={place}
          />
        </span>
        <span className={classes['time']} role="cell">
          {isBad && <b className={classes['bad']}>{status} </b>}
          {seconds(durationMs)}
        </span>
      </div>
      {facts.length > 0 && (
        <div className={classes['attributes']} style={{ paddingLeft: depth * 12 }}>
          {facts.map(([key, value]) => (
            <span key={key}>
              {key}: <b>{String(value)}</b>
            </span>
          ))}
        </div>
      )}
    </Fragment>
  )
}
