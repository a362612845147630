/** A chart of one metric: lines by a label, quantiles, a ratio of values of a label, or a heatmap; with releases and alerts. */
import type { ReactElement } from 'react'
import { useSeries } from '../api/queries.ts'
import type { SeriesAnswer, SeriesQuestion } from '../api/queries.ts'
import { useClock } from '../lib/clock.tsx'
import { fewNote, quantileName } from '../lib/few.ts'
import type { Unit } from '../lib/format.ts'
import {
  countsOf,
  heatOf,
  linesOf,
  perSecond,
  ratioLines,
  stepsOf,
  topLines,
  totalOf,
} from '../lib/series.ts'
import type { Line, Point, Value } from '../lib/series.ts'
import { useView } from '../lib/view.ts'
import { Chart } from './chart/chart.tsx'
import type { ChartLine, ChartModel } from './chart/model.ts'
import type { Tone } from './chart/palette.ts'
import { useAlertBands } from './use-alert-bands.ts'
import { useReleases } from './use-releases.ts'

const LINES_MAX = 8

interface CommonProps {
  title: string
  unit: Unit
  metric: string
  labels?: Readonly<Record<string, string>>
  note?: string | undefined
  empty?: string | undefined
  height?: number
}

export interface SeriesChartProps extends CommonProps {
  /** Label with a line for each of its values; without it there is one line. */
  by?: string
  /** Of the only line. @default title */
  name?: string
  /** What of a point is shown. `rate` is the increase per second, `average` sum by count. @default value */
  show?: 'value' | 'rate' | 'average' | 'count'
  /** `state` is a row of cells for each line. @default line */
  kind?: 'line' | 'area' | 'bar' | 'state'
  tones?: Readonly<Record<string, Tone>>
  /** Names in the order they are drawn in. @default by size */
  order?: readonly string[]
}

/** Labels whose values are our own words; other names are shown as they are. */
const WORDS: ReadonlySet<string> = new Set(['stage', 'error_type', 'token_type', 'decision', 'reason'])

export function inWords(value: string): string {
  return value.replaceAll('_', ' ')
}

const READERS = {
  value: ({ value }: Point) => value,
  rate: ({ value, count }: Point) => value ?? count,
  count: ({ count }: Point) => count,
  average: ({ count, sum }: Point) =>
    count === undefined || count === 0 || sum === undefined ? undefined : sum / count,
} as const

export function SeriesChart(props: SeriesChartProps): ReactElement {
  const { title, unit, by, show = 'value', kind = 'line', tones = {}, note, ...rest } = props
  // Gauges and averages of several names do not add up to anything.
  const isSum = show !== 'average' && (kind === 'area' || kind === 'bar')
  const asked = useViewSeries(props, by === undefined ? {} : { by: [by] })
  const before = usePreviousSeries(props, {}, by === undefined || isSum)
  const { now } = useClock()
  const { data } = asked
  const read = READERS[show]
  const shown = WORDS.has(by ?? '') ? inWords : (line: string) => line
  const valuesIn = (answer: SeriesAnswer, values: readonly Value[]) =>
    show === 'rate' ? perSecond(values, stepsOf(answer), answer.step_seconds * 1000, now) : values
  const lines =
    data === undefined
      ? []
      : linesFor(data, props, read, isSum).map(({ name, values }) => ({
          name: shown(name),
          values: valuesIn(data, values),
          ...(tones[name] === undefined ? {} : { tone: tones[name] }),
        }))
  const earlier =
    before === undefined ? [] : [previousLine(by && 'all', valuesIn(before, totalOf(before, read)))]
  const model = useModel(data, unit, kind, [...lines, ...earlier])
  const cut = isSum || by === undefined ? undefined : cutNote(data, LINES_MAX)
  return <Chart {...rest} title={title} asked={[asked]} model={model} note={joined(note, cut)} />
}

function linesFor(
  data: SeriesAnswer,
  { by, title, name = title, order }: SeriesChartProps,
  read: (point: Point) => number | undefined,
  isSum: boolean,
): Line[] {
  if (by === undefined) return [{ name, values: totalOf(data, read) }]
  const lines = linesOf(data, by, read, isSum ? 'zero' : 'kept')
  // Averages and percentiles of others cannot be added up: those of the most observed are shown.
  const shown = isSum ? topLines(lines, LINES_MAX, data.omitted) : lines.slice(0, LINES_MAX)
  if (order === undefined) return shown
  const place = ({ name: line }: Line) => (order.includes(line) ? order.indexOf(line) : order.length)
  return shown.toSorted((left, right) => place(left) - place(right))
}

export interface QuantileChartProps extends CommonProps {
  /** A line for each; with `by` the first one for each value of the label. */
  quantiles: readonly number[]
  by?: string
  /** The quantile that is compared with the period before. @default the first */
  compared?: number
}

export function QuantileChart(props: QuantileChartProps): ReactElement {
  const { title, unit, quantiles, by, compared = quantiles[0] ?? 0.5, note, ...rest } = props
  const asked = useViewSeries(props, { quantiles, ...(by === undefined ? {} : { by: [by] }) })
  const before = usePreviousSeries(props, { quantiles: [compared] }, by === undefined)
  const { data } = asked
  const lines = data === undefined ? [] : quantileLines(data, quantiles, by)
  const earlier =
    before === undefined ? [] : [previousLine(quantileName(compared), totalOf(before, quantileOf(compared)))]
  const model = useModel(data, unit, 'line', [...lines, ...earlier])
  const few = data === undefined ? undefined : fewNote(quantiles, countsOf(data))
  const cut = by === undefined ? undefined : cutNote(data, LINES_MAX)
  return <Chart {...rest} title={title} asked={[asked]} model={model} note={joined(note, few, cut)} />
}

function quantileLines(data: SeriesAnswer, quantiles: readonly number[], by: string | undefined): Line[] {
  if (by === undefined) {
    return quantiles.map((quantile) => ({
      name: quantileName(quantile),
      values: totalOf(data, quantileOf(quantile)),
    }))
  }
  const lines = linesOf(data, by, quantileOf(quantiles[0] ?? 0.5), 'kept').slice(0, LINES_MAX)
  return WORDS.has(by) ? lines.map(({ name, values }) => ({ name: inWords(name), values })) : lines
}

function quantileOf(quantile: number): (point: Point) => number | undefined {
  return ({ quantiles }) => quantiles?.[String(quantile)]
}

export interface RatioChartProps extends CommonProps {
  label: string
  /** The values of the label that are the part; all of them are the whole. */
  part: readonly string[]
  /** Of the only line. */
  name: string
  /** Another label, with a line for each of its values. */
  by?: string
}

export function RatioChart(props: RatioChartProps): ReactElement {
  const { title, unit, label, part, name, by, note, ...rest } = props
  const asked = useViewSeries(props, { by: by === undefined ? [label] : [label, by], limit: 200 })
  const before = usePreviousSeries(props, { by: [label] }, by === undefined)
  const { data } = asked
  const linesIn = (answer: SeriesAnswer) => ratioLines(answer, label, part, by)
  const lines =
    data === undefined ? [] : linesIn(data).map((line) => (by === undefined ? { ...line, name } : line))
  const earlier = before === undefined ? [] : [previousLine(undefined, linesIn(before)[0]?.values ?? [])]
  const model = useModel(data, unit, 'line', [...lines.slice(0, LINES_MAX), ...earlier])
  const cut =
    lines.length <= LINES_MAX ? undefined : `The ${LINES_MAX} with the most of ${lines.length} are shown.`
  return <Chart {...rest} title={title} asked={[asked]} model={model} note={joined(note, cut)} />
}

export function HeatChart({ title, unit, ...rest }: CommonProps): ReactElement {
  const asked = useViewSeries(rest, { hasBuckets: true })
  const model = useModel(asked.data, unit, 'heat', [])
  return <Chart {...rest} title={title} asked={[asked]} model={{ ...model, heat: heatOf(asked.data) }} />
}

type Asking = Pick<CommonProps, 'metric' | 'labels'>

function questionOf({ metric, labels }: Asking, question: Partial<SeriesQuestion>): SeriesQuestion {
  return { metric, ...question, ...(labels === undefined ? {} : { labels }) }
}

function useViewSeries(asking: Asking, question: Partial<SeriesQuestion>) {
  const { range, service } = useView()
  return useSeries(range, service, questionOf(asking, question))
}

/** Of the period before, where the page compares and it makes sense. */
function usePreviousSeries(
  asking: Asking,
  question: Partial<SeriesQuestion>,
  isComparable: boolean,
): SeriesAnswer | undefined {
  const { previous, service, isCompared } = useView()
  const isWanted = isCompared && isComparable
  const { data } = useSeries(previous, service, questionOf(asking, question), isWanted)
  return isWanted ? data : undefined
}

function previousLine(name: string | undefined, values: readonly Value[]): ChartLine {
  return {
    name: name === undefined || name === '' ? 'period before' : `${name}, period before`,
    values,
    isPrevious: true,
    tone: 'neutral',
  }
}

/** What is cut is said: percentiles and averages of others would be made up. */
function cutNote(data: SeriesAnswer | undefined, linesMax: number): string | undefined {
  const names = (data?.series.length ?? 0) + (data?.omitted ?? 0)
  return names <= linesMax ? undefined : `The ${linesMax} with the most observations of ${names} are shown.`
}

function joined(...notes: readonly (string | undefined)[]): string | undefined {
  const said = notes.filter((note) => note !== undefined)
  return said.length === 0 ? undefined : said.join(' ')
}

function useModel(
  data: SeriesAnswer | undefined,
  unit: Unit,
  kind: ChartModel['kind'],
  lines: readonly ChartLine[],
): ChartModel {
  const markers = useReleases()
  const bands = useAlertBands()
  return {
    steps: data === undefined ? [] : stepsOf(data),
    stepMs: (data?.step_seconds ?? 60) * 1000,
    unit,
    kind,
    lines,
    markers,
    bands,
  }
}
