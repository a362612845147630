/** The parts of ECharts that are used; all others stay out of the bundle. Loaded with the first chart. */
import { BarChart, CustomChart, LineChart } from 'echarts/charts'
import type { BarSeriesOption, CustomSeriesOption, LineSeriesOption } from 'echarts/charts'
import {
  AxisPointerComponent,
  GridComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components'
import type {
  GridComponentOption,
  MarkAreaComponentOption,
  MarkLineComponentOption,
  TooltipComponentOption,
} from 'echarts/components'
import { connect, init, use } from 'echarts/core'
import type { ComposeOption } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

use([
  LineChart,
  BarChart,
  CustomChart,
  GridComponent,
  TooltipComponent,
  AxisPointerComponent,
  MarkAreaComponent,
  MarkLineComponent,
  CanvasRenderer,
])

export type SeriesOption = LineSeriesOption | BarSeriesOption | CustomSeriesOption
export type ChartOption = ComposeOption<
  | SeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | MarkAreaComponentOption
  | MarkLineComponentOption
>

/** Charts of one group share the crosshair. */
const GROUP = 'page'

export type EChart = ReturnType<typeof init>

export function createChart(element: HTMLElement): EChart {
  const chart = init(element, undefined, { renderer: 'canvas' })
  chart.group = GROUP
  connect(GROUP)
  return chart
}
