/** A panel as data -> a panel of Grafana. */
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardLinkBuilder,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type {
  DashboardLink,
  Panel,
  ThresholdsConfig,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard'
import * as gauge from '@grafana/grafana-foundation-sdk/gauge'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import * as piechart from '@grafana/grafana-foundation-sdk/piechart'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'
import { isInstant } from './panel.ts'
import type { PanelQuery, PanelSpecification, PanelView } from './panel.ts'

export const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' }

/** Where a click on a series leads: the page of traces, filtered, over the time that the dashboard shows. */
function tracesUrl(filter: string): string {
  const query = filter === '' ? '' : `&q=${filter}`
  return `\${ragmeter}/traces?service=\${__field.labels.service}&from=\${__from:date:iso}&to=\${__to:date:iso}${query}`
}

/** What the builders of all views have in common. */
interface CommonBuilder extends Builder<Panel> {
  title(title: string): this
  description(description: string): this
  datasource(datasource: common.DataSourceRef): this
  span(columns: number): this
  height(rows: number): this
  unit(unit: string): this
  noValue(text: string): this
  min(min: number): this
  max(max: number): this
  decimals(decimals: number): this
  interval(interval: string): this
  thresholds(thresholds: Builder<ThresholdsConfig>): this
  mappings(mappings: ValueMapping[]): this
  dataLinks(links: Builder<DashboardLink>[]): this
  withTarget(target: Builder<Dataquery>): this
}

function lastValue(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull'])
}

function legend(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
}

function allSeries(): common.VizTooltipOptionsBuilder {
  return new common.VizTooltipOptionsBuilder()
    .mode(common.TooltipDisplayMode.Multi)
    .sort(common.SortOrder.Descending)
}

const VIEWS: Readonly<Record<PanelView, (panel: PanelSpecification) => CommonBuilder>> = {
  timeseries: ({ thresholds }) => {
    const builder = new timeseries.PanelBuilder()
      .legend(legend())
      .tooltip(allSeries())
      .fillOpacity(8)
      .lineWidth(1)
    if (thresholds === undefined) return builder
    const style = new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed)
    return builder.thresholdsStyle(style)
  },
  stat: () =>
    new stat.PanelBuilder()
      .reduceOptions(lastValue())
      .graphMode(common.BigValueGraphMode.None)
      .colorMode(common.BigValueColorMode.Value)
      .textMode(common.BigValueTextMode.ValueAndName),
  gauge: () => new gauge.PanelBuilder().reduceOptions(lastValue()),
  bargauge: () =>
    new bargauge.PanelBuilder()
      .reduceOptions(lastValue())
      .orientation(common.VizOrientation.Horizontal)
      .displayMode(common.BarGaugeDisplayMode.Basic),
  piechart: () =>
    new piechart.PanelBuilder()
      .reduceOptions(lastValue())
      .legend(
        new piechart.PieChartLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(common.LegendDisplayMode.Table)
          .placement(common.LegendPlacement.Right)
          .values([piechart.PieChartLegendValues.Value, piechart.PieChartLegendValues.Percent]),
      ),
  // The buckets are Prometheus'; Grafana must not make its own of them.
  heatmap: ({ unit }) =>
    new heatmap.PanelBuilder().calculate(false).yAxis(new heatmap.YAxisConfigBuilder().unit(unit)),
  'state-timeline': () =>
    new statetimeline.PanelBuilder()
      .showValue(common.VisibilityMode.Never)
      .legend(legend())
      .mergeValues(true),
}

function buildQuery(query: PanelQuery, view: PanelView): DataqueryBuilder {
  const builder = new DataqueryBuilder()
    .datasource(DATA_SOURCE)
    .expr(query.expression)
    .legendFormat(view === 'heatmap' ? '{{le}}' : query.legend)
    .exemplar(query.exemplars ?? false)
    .format(view === 'heatmap' ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries)
  return isInstant(view) ? builder.instant() : builder.range()
}

export function buildPanel(panel: PanelSpecification): CommonBuilder {
  const { thresholds, min, max, decimals, texts, interval, traces } = panel
  const builder = VIEWS[panel.view](panel)
    .title(panel.title)
    .description(panel.description)
    .datasource(DATA_SOURCE)
    .span(panel.width ?? 12)
    .height(panel.height ?? 8)
    .unit(panel.unit)
    .noValue(panel.noValue ?? 'no data')
  if (min !== undefined) builder.min(min)
  if (max !== undefined) builder.max(max)
  if (decimals !== undefined) builder.decimals(decimals)
  if (interval !== undefined) builder.interval(interval)
  const steps = (thresholds ?? [[null, 'green']]).map(([value, color]) => ({ value, color }))
  builder.thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
  if (texts !== undefined) {
    const options = texts.map(
      ({ value, text, colour }, index) => [value, { text, color: colour, index }] as const,
    )
    builder.mappings([{ type: MappingType.ValueToText, options: Object.fromEntries(options) }])
  }
  if (traces !== undefined)
    builder.dataLinks([
      new DashboardLinkBuilder('Traces in ragmeter').url(tracesUrl(traces)).targetBlank(true),
    ])
  for (const query of panel.queries) builder.withTarget(buildQuery(query, panel.view))
  return builder
}
