/**
 * A dashboard as data -> the dashboard of Grafana, with what all of them have: variables, links, annotations. The builders
 * call the classic form deprecated; it is the one that every Grafana from 10 on provisions from files.
 */
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { DASHBOARD_UIDS, PORTS } from '@ragmeter/ops'
import { buildPanel, DATA_SOURCE } from './build-panel.ts'
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification, VariableSpecification } from './dashboard.ts'

const TAG = 'ragmeter'

/** Which alerts fire, of the services and of none; the one that fires always is left out. */
function alertsExpression(hasService: boolean): string {
  const service = hasService ? ',service=~"$service|"' : ''
  return `ALERTS{alertname=~"Rag.*",alertname!="RagWatchdog",alertstate="firing"${service}}`
}

/** Releases of applications that were not there ten minutes ago. */
function releasesExpression(hasService: boolean): string {
  const selector = hasService ? 'rag_build_info{service=~"$service"}' : 'rag_build_info'
  const by = 'count by (service, version, revision)'
  return `${by} (${selector}) unless ${by} (${selector} offset 10m)`
}

function buildVariable({ name, label, query }: VariableSpecification): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    .query({ qryType: 1, query, refId: name })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ text: ['All'], value: ['$__all'] })
}

function annotation(
  name: string,
  colour: string,
  expression: string,
  title: string,
  text: string,
): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .iconColor(colour)
    .expr(expression)
    .titleFormat(title)
    .textFormat(text)
    .step('60s')
}

export function buildDashboard(specification: DashboardSpecification): Dashboard {
  const { key, title, description, from, refresh = '30s', variables, rows } = specification
  const hasService = variables.includes(SERVICE)
  const builder = new DashboardBuilder(title)
    .uid(DASHBOARD_UIDS[key])
    .description(description)
    .tags([TAG])
    .time({ from, to: 'now' })
    .refresh(refresh)
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .annotation(
      annotation('Alerts', 'red', alertsExpression(hasService), '{{alertname}}', '{{severity}} {{service}}'),
    )
    .annotation(
      annotation(
        'Releases',
        'blue',
        releasesExpression(hasService),
        '{{service}}',
        '{{revision}} (SDK {{version}})',
      ),
    )
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true),
    )
    .link(
      new DashboardLinkBuilder('ragmeter').type(DashboardLinkType.Link).url('${ragmeter}').targetBlank(true),
    )
  for (const variable of variables) builder.withVariable(buildVariable(variable))
  builder.withVariable(
    new TextBoxVariableBuilder('ragmeter')
      .label('ragmeter')
      .defaultValue(`http://localhost:${PORTS.ragmeter}`),
  )
  for (const row of rows) {
    if (row.title !== undefined) builder.withRow(new RowBuilder(row.title))
    for (const panel of row.panels) builder.withPanel(buildPanel(panel))
  }
  return builder.build()
}
