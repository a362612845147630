/** Cells over time: counts between bounds, from few to many, or states by name. A step without anything has no cell. */
import type { SeriesOption } from './echarts.ts'
import type { ChartModel } from './model.ts'
import { colourOf } from './palette.ts'
import type { Ink, Scheme, Tone } from './palette.ts'

export function heatSeries({ steps, stepMs, heat }: ChartModel, ink: Ink): SeriesOption {
  const columns = heat?.columns ?? []
  const most = Math.max(1, ...columns.flatMap((column) => column ?? []))
  const data = columns.flatMap((column, step) =>
    (column ?? []).flatMap((count, row) => (count === 0 ? [] : [[steps[step] ?? 0, row, count]])),
  )
  return cellSeries(stepMs, data, (count) => heatColour(count, most, ink))
}

/** A row for each line: green is up, red is down, orange is in between. */
export function stateSeries({ steps, stepMs, lines }: ChartModel, scheme: Scheme): SeriesOption {
  const data = lines.flatMap(({ values }, row) =>
    values.flatMap((value, step) => (value === null ? [] : [[steps[step] ?? 0, row, value]])),
  )
  return cellSeries(stepMs, data, (value) => colourOf(0, stateTone(value), scheme))
}

function stateTone(value: number): Tone {
  return value >= 1 ? 'good' : value <= 0 ? 'bad' : 'warn'
}

/** @param data moment, row and value of each cell */
function cellSeries(
  stepMs: number,
  data: readonly number[][],
  fillOf: (value: number) => string,
): SeriesOption {
  return {
    type: 'custom',
    name: 'observations',
    data: [...data],
    encode: { x: 0, y: 1 },
    clip: true,
    renderItem: (_, api) => {
      const at = Number(api.value(0))
      const row = Number(api.value(1))
      const [left = 0, middle = 0] = api.coord([at, row])
      const [right = 0] = api.coord([at + stepMs, row])
      const size = api.size?.([0, 1])
      const height = Array.isArray(size) ? (size[1] ?? 0) : 0
      return {
        type: 'rect',
        shape: {
          x: left,
          y: middle - height / 2,
          width: Math.max(1, right - left - 0.5),
          height: Math.max(1, height - 1),
        },
        style: { fill: fillOf(Number(api.value(2))) },
      }
    },
  }
}

/** By the logarithm of the count: the few slow requests are what one looks for. */
function heatColour(count: number, most: number, { heat }: Ink): string {
  const share = most <= 1 ? 1 : Math.log1p(count) / Math.log1p(most)
  return heat[Math.min(heat.length - 1, Math.floor(share * heat.length))] ?? '#888888'
}
