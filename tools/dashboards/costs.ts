/** A year of money, day by day: VectorLens' report as far as labels go. By org it is in ragmeter itself. */
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification } from './dashboard.ts'
import { CHOSEN } from './expressions.ts'
import type { PanelSpecification } from './panel.ts'

/** One point a day: more would be a picture of the time of day. */
const DAILY = { view: 'timeseries', min: 0, interval: '1d' } as const

function daily(metric: string, ...by: string[]): string {
  return `sum by (${by.join(', ')}) (increase(${metric}${CHOSEN}[1d]))`
}

const PANELS: readonly PanelSpecification[] = [
  {
    ...DAILY,
    title: 'Requests a Day',
    description: 'Requests of the 24 hours before each point, by service.',
    unit: 'short',
    width: 24,
    queries: [{ expression: daily('rag_requests_total', 'service'), legend: '{{service}}' }],
  },
  {
    ...DAILY,
    title: 'LLM Cost a Day',
    description: 'Cost of the calls of language models whose price is known, by model.',
    unit: 'currencyUSD',
    queries: [
      {
        expression: daily('rag_llm_cost_usd_total', 'service', 'provider', 'model'),
        legend: '{{service}} {{model}}',
      },
    ],
  },
  {
    ...DAILY,
    title: 'Document Store Cost a Day',
    description: 'As far as applications state it, by service.',
    unit: 'currencyUSD',
    queries: [
      {
        expression: daily('rag_docstore_cost_usd_total', 'service'),
        legend: '{{service}}',
      },
    ],
  },
  {
    ...DAILY,
    title: 'Mean Cost of a Request',
    description: 'Of the requests whose cost is known.',
    unit: 'currencyUSD',
    queries: [
      {
        expression: `${daily('rag_request_cost_usd_sum', 'service')} / (${daily('rag_request_cost_usd_count', 'service')} > 0)`,
        legend: '{{service}}',
      },
    ],
  },
  {
    ...DAILY,
    title: 'Tokens a Day',
    description: 'By direction.',
    unit: 'short',
    queries: [
      {
        expression: daily('rag_llm_tokens_total', 'service', 'token_type'),
        legend: '{{service}} {{token_type}}',
      },
    ],
  },
  {
    title: 'Cost of the Range by Model',
    description: 'What the chosen range cost, by provider and model.',
    view: 'piechart',
    unit: 'currencyUSD',
    width: 8,
    queries: [
      {
        expression: `sum by (provider, model) (increase(rag_llm_cost_usd_total${CHOSEN}[$__range]))`,
        legend: '{{provider}} {{model}}',
      },
    ],
  },
  {
    title: 'Budgets',
    description: 'Share of each budget of ragmeter.yaml that is spent, since its period began.',
    view: 'gauge',
    unit: 'percentunit',
    min: 0,
    max: 1,
    width: 8,
    thresholds: [
      [null, 'green'],
      [0.8, 'orange'],
      [1, 'red'],
    ],
    noValue: 'no budgets in ragmeter.yaml',
    queries: [
      { expression: 'budget_period:rag_budget_spent_per_limit:ratio', legend: '{{budget}} ({{period}})' },
    ],
  },
  {
    ...DAILY,
    title: 'Unpriced Calls a Day',
    description:
      'Calls whose cost is unknown, so that it is in no figure here: give their model a price in ragmeter.yaml.',
    unit: 'short',
    width: 8,
    queries: [
      {
        expression: daily('rag_llm_unpriced_requests_total', 'service', 'model'),
        legend: '{{service}} {{model}}',
      },
    ],
  },
]

export const COSTS: DashboardSpecification = {
  key: 'costs',
  title: 'ragmeter / Costs',
  description:
    'A year of requests and money, a point a day. Prometheus must keep that long. Costs by org are on the page Costs of ragmeter.',
  from: 'now-1y',
  refresh: '15m',
  variables: [SERVICE],
  rows: [{ panels: PANELS }],
}
