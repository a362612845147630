/** Objectives: what is promised, what was kept, and how fast the rest is being spent. */
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification } from './dashboard.ts'

const SELECTED = '{service=~"$service",slo=~"$slo"}'

function burnRate(window: string): string {
  return `rag_slo:sli_error:ratio_rate${window}${SELECTED} / on (slo) group_left () (1 - rag_slo:objective:ratio{slo=~"$slo"})`
}

export const SLO: DashboardSpecification = {
  key: 'slo',
  title: 'ragmeter / SLO',
  description:
    'Objectives of ragmeter.yaml: what is left of their error budgets, and how fast it is being spent.',
  from: 'now-7d',
  refresh: '1m',
  variables: [
    SERVICE,
    { name: 'slo', label: 'Objective', query: 'label_values(rag_slo:objective:ratio, slo)' },
  ],
  rows: [
    {
      panels: [
        {
          title: 'Error Budget Remaining',
          description:
            'Share of the budget of the rolling window that is left. Below 0 the objective is missed.',
          view: 'gauge',
          unit: 'percentunit',
          min: 0,
          max: 1,
          decimals: 1,
          thresholds: [
            [null, 'red'],
            [0.1, 'orange'],
            [0.25, 'green'],
          ],
          queries: [
            { expression: `rag_slo:error_budget_remaining:ratio${SELECTED}`, legend: '{{service}} {{slo}}' },
          ],
        },
        {
          title: 'Attained',
          description: 'Share of good events within the rolling window, beside the objective.',
          view: 'stat',
          unit: 'percentunit',
          decimals: 3,
          queries: [
            { expression: `1 - rag_slo:sli_error:ratio_window${SELECTED}`, legend: '{{service}} {{slo}}' },
            { expression: 'rag_slo:objective:ratio{slo=~"$slo"}', legend: 'objective {{slo}}' },
          ],
        },
        {
          title: 'Error Budget over Time',
          description: 'Each point looks back over the whole rolling window.',
          view: 'timeseries',
          unit: 'percentunit',
          max: 1,
          queries: [
            { expression: `rag_slo:error_budget_remaining:ratio${SELECTED}`, legend: '{{service}} {{slo}}' },
          ],
        },
        {
          title: 'Burn Rate',
          description:
            'How many times faster than it may the budget is being spent, over an hour. At 1 it lasts exactly as long as its window; the dashed lines are where alerts begin.',
          view: 'timeseries',
          unit: 'short',
          min: 0,
          thresholds: [
            [null, 'green'],
            [1, 'yellow'],
            [6, 'orange'],
            [14.4, 'red'],
          ],
          queries: [{ expression: burnRate('1h'), legend: '{{service}} {{slo}}' }],
        },
        {
          title: 'Burn Rate by Window',
          description:
            'The windows that the alerts look at: a long one for what matters, a short one for whether it goes on.',
          view: 'bargauge',
          unit: 'short',
          min: 0,
          thresholds: [
            [null, 'green'],
            [1, 'yellow'],
            [6, 'orange'],
            [14.4, 'red'],
          ],
          queries: ['5m', '30m', '1h', '2h', '6h', '1d', '3d'].map((window) => ({
            expression: burnRate(window),
            legend: `{{service}} {{slo}} ${window}`,
          })),
        },
        {
          title: 'Events',
          description: 'Events that count per second, and the bad ones of them.',
          view: 'timeseries',
          unit: 'ops',
          min: 0,
          queries: [
            { expression: `rag_slo:sli_total:rate5m${SELECTED}`, legend: '{{service}} {{slo}}' },
            { expression: `rag_slo:sli_bad:rate5m${SELECTED}`, legend: '{{service}} {{slo}} bad' },
          ],
        },
      ],
    },
  ],
}
