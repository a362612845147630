/** A chart model as an option of ECharts. */
import { formatValue } from '../../lib/format.ts'
import { axisFormatter } from '../../lib/format-time.ts'
import type { Zone } from '../../lib/format-time.ts'
import { heatSeries, stateSeries } from './heat.ts'
import type { ChartBand, ChartLine, ChartModel } from './model.ts'
import { colourOf, INKS } from './palette.ts'
import type { Ink, Scheme } from './palette.ts'
import type { ChartOption, SeriesOption } from './echarts.ts'
import { tooltipOf } from './tooltip.ts'

/** Width of the labels of the value axis, so that charts below each other have one time axis. */
const LEFT = 58

const BAND_OPACITY = 0.1

export interface Look {
  scheme: Scheme
  zone: Zone
  /** Whether the pointer is over this chart: only there does it say numbers. */
  isHovered: () => boolean
}

export function optionOf(model: ChartModel, look: Look): ChartOption {
  const ink = INKS[look.scheme]
  const { steps, stepMs } = model
  const from = steps[0] ?? 0
  const to = (steps.at(-1) ?? 0) + stepMs
  const label = axisFormatter(model.isCalendar === true ? Infinity : to - from, look.zone)
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit' },
    grid: { left: LEFT, right: 12, top: 10, bottom: 24 },
    useUTC: look.zone === 'utc',
    xAxis: {
      type: 'time',
      min: from,
      max: to,
      splitNumber: 5,
      ...(model.isCalendar === true ? { minInterval: stepMs } : {}),
      axisLine: { lineStyle: { color: ink.line } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { color: ink.muted, fontSize: 11, hideOverlap: true, formatter: (at: number) => label(at) },
      axisPointer: {
        show: true,
        label: { show: false },
        lineStyle: { color: ink.muted, type: 'solid', width: 1 },
      },
    },
    yAxis: valueAxis(model, ink),
    tooltip: tooltipOf(model, look),
    series: seriesOf(model, look.scheme),
  }
}

function valueAxis(model: ChartModel, ink: Ink): object {
  const axisLabel = { color: ink.muted, fontSize: 11 }
  if (model.kind === 'heat' || model.kind === 'state') {
    const bounds = model.heat?.bounds ?? []
    return {
      type: 'category',
      ...(model.kind === 'heat'
        ? { data: bounds.map((bound) => (bound === null ? 'more' : `≤ ${formatValue(bound, model.unit)}`)) }
        : { data: model.lines.map(({ name }) => name), inverse: true }),
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: { ...axisLabel, width: LEFT - 8, overflow: 'truncate' },
    }
  }
  return {
    type: 'value',
    // What can be overspent goes below zero; a limit is always in sight.
    min: lowestOf(model),
    max: ({ max }: { max: number }) => highestOf(model, max),
    // Fifths of 1 end at 1; quarters are rounded to 0.3, and their axis ends at 120 %.
    splitNumber: model.unit === 'ratio' || model.unit === 'score' ? 5 : 4,
    // A count has no halves.
    ...(model.unit === 'count' || model.unit === 'tokens' ? { minInterval: 1 } : {}),
    splitLine: { lineStyle: { color: ink.line } },
    // Ticks are round numbers: 20%, not 20.0%.
    axisLabel: {
      ...axisLabel,
      formatter: (value: number) => formatValue(value, model.unit).replace(/\.0+%$/, '%'),
    },
  }
}

function lowestOf({ lines }: ChartModel): number {
  let lowest = 0
  for (const { values } of lines) for (const value of values) lowest = Math.min(lowest, value ?? 0)
  return lowest
}

/** @returns null where the axis chooses */
function highestOf({ limit }: ChartModel, max: number): number | null {
  if (limit === undefined || limit.value < max) return null
  return limit.value === 0 ? 1 : limit.value * 1.15
}

function seriesOf(model: ChartModel, scheme: Scheme): SeriesOption[] {
  const ink = INKS[scheme]
  const drawn: SeriesOption[] =
    model.kind === 'heat'
      ? [heatSeries(model, ink)]
      : model.kind === 'state'
        ? [stateSeries(model, scheme)]
        : model.lines.map((line, index) => lineSeries(model, line, colourOf(index, line.tone, scheme)))
  const [first, ...others] = drawn
  // Between cells they could not be read.
  if (first === undefined || model.kind === 'heat' || model.kind === 'state') return drawn
  return [{ ...first, ...marksOf(model, scheme) }, ...others]
}

/** What stands over or behind the lines: releases, a limit, times in which alerts fired. */
function marksOf(model: ChartModel, scheme: Scheme): Pick<SeriesOption, 'markLine' | 'markArea'> {
  const ink = INKS[scheme]
  const { markers = [], bands = [], limit } = model
  const vertical = markers.map(({ at, label }) => ({ xAxis: at, name: label }))
  const bad = colourOf(0, 'bad', scheme)
  const horizontal =
    limit === undefined
      ? []
      : [
          {
            yAxis: limit.value,
            name: limit.label,
            lineStyle: { color: bad, type: 'dashed' as const, width: 1.25 },
            label: { color: bad, position: 'insideEndTop' as const },
          },
        ]
  const markLine = {
    silent: true,
    symbol: 'none',
    lineStyle: { color: ink.muted, type: 'dashed' as const, width: 1 },
    label: { color: ink.muted, fontSize: 10, position: 'insideEndTop' as const, formatter: '{b}' },
    data: [...vertical, ...horizontal],
  }
  const markArea = {
    silent: true,
    itemStyle: { color: bad, opacity: BAND_OPACITY },
    data: unionOf(bands).map(({ from, to }): [{ xAxis: number }, { xAxis: number }] => [
      { xAxis: from },
      { xAxis: to },
    ]),
  }
  return {
    ...(markLine.data.length === 0 ? {} : { markLine }),
    ...(bands.length === 0 ? {} : { markArea }),
  }
}

/** Alerts that fire at the same time are one band: it is no darker for them. */
function unionOf(bands: readonly ChartBand[]): { from: number; to: number }[] {
  const union: { from: number; to: number }[] = []
  for (const { from, to } of bands.toSorted((left, right) => left.from - right.from)) {
    const last = union.at(-1)
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to)
    else union.push({ from, to })
  }
  return union
}

function lineSeries(model: ChartModel, line: ChartLine, colour: string): SeriesOption {
  const { steps, kind } = model
  // Beside bars the period before is their outline: where there was none, it lies on the ground like them.
  const gap = kind === 'bar' ? 0 : null
  const data = steps.map((at, index) => [at, line.values[index] ?? gap])
  const isPrevious = line.isPrevious === true
  const isStacked = kind !== 'line' && !isPrevious
  if (kind === 'bar' && !isPrevious) {
    return {
      type: 'bar',
      name: line.name,
      data,
      stack: 'all',
      color: colour,
      barMaxWidth: 28,
      barCategoryGap: '20%',
    }
  }
  return {
    type: 'line',
    name: line.name,
    data,
    color: colour,
    connectNulls: false,
    // A step with gaps on both sides is still seen.
    showSymbol: kind !== 'bar' && isSparse(line),
    ...(kind === 'bar' ? { step: 'middle' as const } : {}),
    symbol: 'circle',
    symbolSize: 5,
    lineStyle: {
      width: isPrevious ? 1 : 1.75,
      type: isPrevious ? 'dashed' : 'solid',
      opacity: isPrevious ? 0.6 : 1,
    },
    emphasis: { disabled: true },
    ...(isStacked ? { stack: 'all', areaStyle: { opacity: 0.35 }, lineStyle: { width: 1 } } : {}),
  }
}

/** Whether some value has gaps on both sides: a line cannot show it. */
function isSparse({ values }: ChartLine): boolean {
  const isGap = (index: number) => (values[index] ?? null) === null
  return values.some((_, index) => !isGap(index) && isGap(index - 1) && isGap(index + 1))
}
