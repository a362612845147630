/** Counts between bounds over time, as cells of a colour from few to many. A step without anything has no cell. */
import type { SeriesOption } from './echarts.ts'
import type { ChartModel } from './model.ts'
import type { Ink } from './palette.ts'

export function heatSeries({ steps, stepMs, heat }: ChartModel, ink: Ink): SeriesOption {
  const columns = heat?.columns ?? []
  const most = Math.max(1, ...columns.flatMap((column) => column ?? []))
  const data = columns.flatMap((column, step) =>
    (column ?? []).flatMap((count, row) => (count === 0 ? [] : [[steps[step] ?? 0, row, count]])),
  )
  return {
    type: 'custom',
    name: 'observations',
    data,
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
        style: { fill: heatColour(Number(api.value(2)), most, ink) },
      }
    },
  }
}

/** By the logarithm of the count: the few slow requests are what one looks for. */
function heatColour(count: number, most: number, { heat }: Ink): string {
  const share = most <= 1 ? 1 : Math.log1p(count) / Math.log1p(most)
  return heat[Math.min(heat.length - 1, Math.floor(share * heat.length))] ?? '#888888'
}
