/** A chart of one metric: lines by a label, quantiles, a ratio of two values of a label, or a heatmap. */
import type { ReactElement, ReactNode } from 'react'
import { useSeries } from '../api/queries.ts'
import type { SeriesAnswer, SeriesQuestion } from '../api/queries.ts'
import type { Unit } from '../lib/format.ts'
import { heatOf, linesOf, perSecond, ratios, stepsOf, topLines, totalOf } from '../lib/series.ts'
import type { Line, Point } from '../lib/series.ts'
import { useClock } from '../lib/clock.tsx'
import { useView } from '../lib/view.ts'
import { Chart } from './chart/chart.tsx'
import type { ChartLine, ChartModel } from './chart/model.ts'
import type { Tone } from './chart/palette.ts'

const LINES_MAX = 8

interface CommonProps {
  title: string
  unit: Unit
  metric: string
  labels?: Readonly<Record<string, string>>
  note?: ReactNode
  empty?: ReactNode
  height?: number
}

export interface SeriesChartProps extends CommonProps {
  /** Label with a line for each of its values; without it there is one line. */
  by?: string
  /** Of the only line. @default title */
  name?: string
  /** What of a point is shown. `rate` is the increase per second, `average` sum by count. @default value */
  show?: 'value' | 'rate' | 'average' | 'count'
  kind?: 'line' | 'area' | 'bar'
  tones?: Readonly<Record<string, Tone>>
}

/** Labels whose values are our own words; other names are shown as they are. */
const WORDS: ReadonlySet<string> = new Set(['stage', 'error_type', 'token_type'])

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
  const { title, unit, by, name = title, show = 'value', kind = 'line', tones = {}, ...rest } = props
  const asked = useViewSeries(props, by === undefined ? {} : { by: [by] })
  const { data } = asked
  const { now } = useClock()
  const read = READERS[show]
  const shown = WORDS.has(by ?? '') ? inWords : (line: string) => line
  const isCount = show !== 'average' && kind !== 'line'
  const lines = linesFor(data, by, name, read, isCount ? 'zero' : 'kept')
  const model = modelOf(data, unit, kind, (stepMs) =>
    lines.map(({ name: line, values }) => ({
      name: shown(line),
      values:
        show === 'rate' ? perSecond(values, data === undefined ? [] : stepsOf(data), stepMs, now) : values,
      ...(tones[line] === undefined ? {} : { tone: tones[line] }),
    })),
  )
  return <Chart {...rest} title={title} asked={[asked]} model={model} />
}

function linesFor(
  data: SeriesAnswer | undefined,
  by: string | undefined,
  name: string,
  read: (point: Point) => number | undefined,
  gaps: 'zero' | 'kept',
): Line[] {
  if (data === undefined) return []
  if (by === undefined) return [{ name, values: totalOf(data, read) }]
  const lines = linesOf(data, by, read, gaps)
  // Averages and percentiles of others cannot be added up: those of the most observed are shown.
  return gaps === 'kept' ? lines.slice(0, LINES_MAX) : topLines(lines, LINES_MAX, data.omitted)
}

export interface QuantileChartProps extends CommonProps {
  /** Without `by`: a line for each. With it: the first one, by label. */
  quantiles: readonly number[]
  by?: string
}

export function QuantileChart({ title, unit, quantiles, by, ...rest }: QuantileChartProps): ReactElement {
  const asked = useViewSeries(rest, { quantiles, ...(by === undefined ? {} : { by: [by] }) })
  const { data } = asked
  const model = modelOf(data, unit, 'line', () => {
    if (data === undefined) return []
    if (by !== undefined) {
      const first = String(quantiles[0])
      const lines = linesOf(data, by, (point) => point.quantiles?.[first], 'kept').slice(0, LINES_MAX)
      return WORDS.has(by) ? lines.map(({ name, values }) => ({ name: inWords(name), values })) : lines
    }
    return quantiles.map((quantile) => ({
      name: quantileName(quantile),
      values: totalOf(data, (point) => point.quantiles?.[String(quantile)]),
    }))
  })
  return <Chart {...rest} title={title} asked={[asked]} model={model} />
}

export function quantileName(quantile: number): string {
  return `p${Math.round(quantile * 1000) / 10}`
}

export interface RatioChartProps extends CommonProps {
  label: string
  /** The value of the label that is the part; all of them are the whole. */
  part: string
  name: string
}

export function RatioChart({ title, unit, label, part, name, ...rest }: RatioChartProps): ReactElement {
  const asked = useViewSeries(rest, { by: [label] })
  const { data } = asked
  const model = modelOf(data, unit, 'line', () => {
    if (data === undefined) return []
    const lines = linesOf(data, label, READERS.value)
    const whole = stepsOf(data).map((_, index) => {
      const values = lines.map(({ values: line }) => line[index] ?? null)
      return values.every((value) => value === null)
        ? null
        : values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
    })
    return [{ name, values: ratios(lines.find((line) => line.name === part)?.values ?? [], whole) }]
  })
  return <Chart {...rest} title={title} asked={[asked]} model={model} />
}

export function HeatChart({ title, unit, ...rest }: CommonProps): ReactElement {
  const asked = useViewSeries(rest, { hasBuckets: true })
  const model = modelOf(asked.data, unit, 'heat', () => [])
  return <Chart {...rest} title={title} asked={[asked]} model={{ ...model, heat: heatOf(asked.data) }} />
}

function useViewSeries(
  { metric, labels }: Pick<CommonProps, 'metric' | 'labels'>,
  question: Partial<SeriesQuestion>,
) {
  const { range, service } = useView()
  return useSeries(range, service, { metric, ...question, ...(labels === undefined ? {} : { labels }) })
}

function modelOf(
  data: SeriesAnswer | undefined,
  unit: Unit,
  kind: ChartModel['kind'],
  lines: (stepMs: number) => readonly ChartLine[],
): ChartModel {
  const stepMs = (data?.step_seconds ?? 60) * 1000
  return { steps: data === undefined ? [] : stepsOf(data), stepMs, unit, kind, lines: lines(stepMs) }
}
