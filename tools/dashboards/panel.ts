/** A panel as data: what it asks, in which unit, and how it is drawn. */

export interface PanelQuery {
  /** PromQL with Grafana's macros and variables. */
  readonly expression: string
  readonly legend: string
  /** Dots of single requests that lead to their trace; only for the buckets of a histogram. @default false */
  readonly exemplars?: boolean
}

/** From which value on a panel has which colour. The first has no value: it is the colour below all others. */
export type ThresholdStep = readonly [
  value: number | null,
  colour: 'green' | 'yellow' | 'orange' | 'red' | 'blue',
]

export type PanelView =
  | 'timeseries'
  | 'stat'
  | 'gauge'
  | 'heatmap'
  | 'piechart'
  | 'bargauge'
  | 'state-timeline'

export interface PanelSpecification {
  readonly title: string
  /** What it shows, and what to make of it. */
  readonly description: string
  readonly view: PanelView
  /** A unit of Grafana, such as `s` or `reqps`. */
  readonly unit: string
  readonly queries: readonly PanelQuery[]
  readonly thresholds?: readonly ThresholdStep[]
  readonly min?: number
  readonly max?: number
  readonly decimals?: number
  /** Shown where there is no data. @default 'no data' */
  readonly noValue?: string
  /** Texts in place of values, such as up for 1. */
  readonly texts?: readonly { readonly value: number; readonly text: string; readonly colour: string }[]
  /** Smallest step between two points, such as `1d`. */
  readonly interval?: string
  /** Columns of 24. @default 12 */
  readonly width?: number
  /** Rows of 30 pixels. @default 8 */
  readonly height?: number
  /**
   * Filter of the traces that a click leads to, in the language of ragmeter's page of traces. It may use labels of the
   * series as `${__field.labels.NAME}`; the label `service` must be one of them, since it chooses the service.
   */
  readonly traces?: string
}

/** Views that show one value for each series, so that asking for the end of the range is enough. */
export function isInstant(view: PanelView): boolean {
  return view === 'stat' || view === 'gauge' || view === 'piechart' || view === 'bargauge'
}
