/** What RAGnarok shows of a service, its five metrics each as a panel: for those who come from there. */
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification } from './dashboard.ts'
import { CHOSEN, LATENCY_QUANTILES, LATENCY_STEPS } from './expressions.ts'

const { thresholds } = DEFAULT_CONFIGURATION

export const RAGNAROK: DashboardSpecification = {
  key: 'ragnarok',
  title: 'ragmeter / RAGnarok',
  description: 'The five figures of RAGnarok, exact over all requests instead of over the sampled ones.',
  from: 'now-24h',
  variables: [SERVICE],
  rows: [
    {
      panels: [
        {
          title: 'Requests',
          description: 'Requests per second, by final status.',
          view: 'timeseries',
          unit: 'reqps',
          min: 0,
          queries: [
            {
              expression: `sum by (service, status) (rate(rag_requests_total${CHOSEN}[$__rate_interval]))`,
              legend: '{{service}} {{status}}',
            },
          ],
          traces: 'status:${__field.labels.status}',
        },
        {
          title: 'Latency',
          description: 'Median, p95 and p99 of whole requests.',
          view: 'timeseries',
          unit: 's',
          min: 0,
          thresholds: LATENCY_STEPS,
          queries: LATENCY_QUANTILES,
          traces: '',
        },
        {
          title: 'Requests in the Last Hour',
          description: 'Requests of all outcomes.',
          view: 'stat',
          unit: 'short',
          decimals: 0,
          width: 8,
          queries: [
            {
              expression: `sum by (service) (increase(rag_requests_total${CHOSEN}[1h]))`,
              legend: '{{service}}',
            },
          ],
          traces: '',
        },
        {
          title: 'Success Rate',
          description: 'Share of the valid requests of the last 24 hours that succeeded.',
          view: 'gauge',
          unit: 'percentunit',
          min: 0,
          max: 1,
          decimals: 2,
          width: 8,
          thresholds: [
            [null, 'red'],
            [1 - thresholds.errorRatioWarning, 'yellow'],
            [1 - thresholds.errorRatioInfo, 'green'],
          ],
          queries: [
            {
              expression:
                'sum by (service) (increase(rag_requests_total{service=~"$service",status="success"}[1d])) / (sum by (service) (increase(rag_requests_total{service=~"$service",status!~"rejected|cancelled"}[1d])) > 0)',
              legend: '{{service}}',
            },
          ],
          traces: 'status:error',
        },
        {
          title: 'Since the Last Request',
          description: 'How long ago the last request began.',
          view: 'stat',
          unit: 's',
          decimals: 0,
          width: 8,
          thresholds: [
            [null, 'green'],
            [thresholds.silence / 2, 'yellow'],
            [thresholds.silence, 'red'],
          ],
          queries: [
            {
              expression: `time() - max by (service) (rag_last_request_timestamp_seconds${CHOSEN})`,
              legend: '{{service}}',
            },
          ],
        },
      ],
    },
  ],
}
