/** What a chart shows, free of how it is drawn: the canvas and the table are two views of it. */
import type { Unit } from '../../lib/format.ts'
import type { Heat, Value } from '../../lib/series.ts'
import type { Tone } from './palette.ts'

export interface ChartLine {
  name: string
  values: readonly Value[]
  /** A colour with a meaning; otherwise the next of the palette. */
  tone?: Tone
  /** Of the period before: dashed and pale. */
  isPrevious?: boolean
  /** In another unit than the chart; only in the table and the tooltip. */
  unit?: Unit
}

export interface ChartMarker {
  /** Epoch milliseconds. */
  at: number
  label: string
}

/** A time in which something was the case, such as a firing alert. Epoch milliseconds. */
export interface ChartBand {
  from: number
  to: number
  label: string
}

/** A value that others are compared with. */
export interface ChartLimit {
  value: number
  label: string
}

export interface ChartModel {
  /** Starts of the steps, epoch milliseconds. */
  steps: readonly number[]
  stepMs: number
  unit: Unit
  /** `area` is stacked. `bar` is stacked too. `state`: a row of cells for each line. */
  kind: 'line' | 'area' | 'bar' | 'heat' | 'state'
  lines: readonly ChartLine[]
  /** kind `heat` only. */
  heat?: Heat
  markers?: readonly ChartMarker[]
  bands?: readonly ChartBand[]
  limit?: ChartLimit
  /** Steps are days or months of UTC, whatever zone the page shows. */
  isCalendar?: boolean
}

export function hasData({ lines, heat }: ChartModel): boolean {
  return (
    lines.some(({ values }) => values.some((value) => value !== null)) ||
    (heat?.columns.some((column) => column !== null) ?? false)
  )
}
