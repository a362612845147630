/** The measuring itself: what is lost on the way, how many series there are, how the daemon fares. */
import { DEFAULT_CONFIGURATION, SCRAPE_JOB } from '@ragmeter/ops'
import { SERVICE } from './dashboard.ts'
import type { DashboardSpecification, RowSpecification } from './dashboard.ts'
import { CHOSEN } from './expressions.ts'

const { thresholds } = DEFAULT_CONFIGURATION
const INSTANCE = '{instance=~"$instance"}'

function quantile(metric: string, ...by: string[]): string {
  return `histogram_quantile(0.99, sum by (${[...by, 'le'].join(', ')}) (rate(${metric}_bucket${INSTANCE}[$__rate_interval])))`
}

const DELIVERY: RowSpecification = {
  title: 'From applications to the daemon',
  panels: [
    {
      title: 'Telemetry Dropped',
      description: 'What was measured but lost on its way, per second, by reason. Nothing should be.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      thresholds: [
        [null, 'green'],
        [thresholds.droppedRate, 'red'],
      ],
      queries: [
        {
          expression: `sum by (service, reason) (rate(rag_telemetry_dropped_total${CHOSEN}[$__rate_interval]))`,
          legend: '{{service}} {{reason}}',
        },
      ],
    },
    {
      title: 'Traces by Sampling Decision',
      description: 'Requests per second whose trace was kept, and why, and those it was not.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      queries: [
        {
          expression: `sum by (service, decision) (rate(rag_traces_total${CHOSEN}[$__rate_interval]))`,
          legend: '{{service}} {{decision}}',
        },
      ],
    },
    {
      title: 'Queue',
      description: 'Telemetry items that wait in applications.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        { expression: `sum by (service) (rag_telemetry_queue_length${CHOSEN})`, legend: '{{service}}' },
      ],
    },
    {
      title: 'Since the Daemon Last Heard',
      description: 'How long ago the daemon got something of a service.',
      view: 'stat',
      unit: 's',
      width: 8,
      queries: [
        {
          expression: `time() - max by (service) (rag_client_last_seen_timestamp_seconds${CHOSEN})`,
          legend: '{{service}}',
        },
      ],
    },
    {
      title: 'Head Sampling',
      description: 'Configured share of requests whose trace is kept. Counts are exact whatever it is.',
      view: 'stat',
      unit: 'percentunit',
      width: 8,
      queries: [{ expression: `max by (service) (rag_trace_sample_ratio${CHOSEN})`, legend: '{{service}}' }],
    },
  ],
}

const SERIES: RowSpecification = {
  title: 'Series',
  panels: [
    {
      title: 'Largest Metrics',
      description: 'The ten metrics with the most series of a service.',
      view: 'bargauge',
      unit: 'short',
      queries: [
        {
          expression: `topk(10, max by (service, metric) (rag_metric_series${CHOSEN}))`,
          legend: '{{service}} {{metric}}',
        },
      ],
    },
    {
      title: 'Share of the Series Limit',
      description: 'Beyond its limit, new label values of a metric are folded into __other__.',
      view: 'bargauge',
      unit: 'percentunit',
      min: 0,
      max: 1,
      thresholds: [
        [null, 'green'],
        [thresholds.seriesShare, 'red'],
      ],
      queries: [
        {
          expression: `topk(10, max by (service, metric) (rag_metric_series${CHOSEN}) / max by (service, metric) (rag_metric_series_limit${CHOSEN}))`,
          legend: '{{service}} {{metric}}',
        },
      ],
    },
    {
      title: 'Label Overflow',
      description: 'Observations an hour that were folded into __other__: an id has got into a label.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      queries: [
        {
          expression: `sum by (service, metric, label) (increase(rag_metric_label_overflow_total${CHOSEN}[1h]))`,
          legend: '{{service}} {{metric}} {{label}}',
        },
      ],
    },
    {
      title: 'Scrapes',
      description: 'Samples of a page. Above sample_limit Prometheus refuses all of it.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      thresholds: [
        [null, 'green'],
        [thresholds.scrapeSamples, 'red'],
      ],
      queries: [
        {
          expression: `max by (instance) (scrape_samples_post_metric_relabeling{job="${SCRAPE_JOB}"})`,
          legend: '{{instance}}',
        },
      ],
    },
  ],
}

const DAEMON: RowSpecification = {
  title: 'The daemon',
  panels: [
    {
      title: 'Accepted by Stage',
      description: 'Bodies (ingest), traces (store), scrapes (metrics) and queries (api) per second.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      queries: [
        {
          expression: `sum by (instance, stage) (rate(ragmeter_stage_accepted_total${INSTANCE}[$__rate_interval]))`,
          legend: '{{instance}} {{stage}}',
        },
      ],
    },
    {
      title: 'Refused by Stage',
      description:
        'What a stage did not take, per second, by reason. Duplicates are repeated batches, which cost nothing.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      queries: [
        {
          expression: `sum by (instance, stage, reason) (rate(ragmeter_stage_dropped_total${INSTANCE}[$__rate_interval]))`,
          legend: '{{instance}} {{stage}} {{reason}}',
        },
      ],
    },
    {
      title: 'Time by Stage (p99)',
      description: 'How long a stage takes for one call.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      queries: [
        {
          expression: quantile('ragmeter_stage_duration_seconds', 'instance', 'stage'),
          legend: '{{instance}} {{stage}}',
        },
      ],
    },
    {
      title: 'Commit Time (p99)',
      description: 'Until a transaction is on disk: what a sender waits for.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      queries: [
        { expression: quantile('ragmeter_commit_duration_seconds', 'instance'), legend: '{{instance}}' },
      ],
    },
    {
      title: 'Repaired and Rejected',
      description:
        'Fields that were repaired and items that were rejected, per second, by the code of the error reference.',
      view: 'timeseries',
      unit: 'ops',
      min: 0,
      queries: [
        {
          expression: `sum by (instance, code) (rate(ragmeter_ingest_issues_total${INSTANCE}[$__rate_interval]))`,
          legend: '{{instance}} {{code}}',
        },
      ],
    },
    {
      title: 'Bodies Under Way',
      description: 'Bodies being received or waiting for their commit.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      queries: [
        {
          expression: `max by (instance) (ragmeter_ingest_in_flight_requests${INSTANCE})`,
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'HTTP Latency (p99)',
      description: 'How long the daemon takes to answer, by route.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      queries: [
        {
          expression: quantile('ragmeter_http_request_duration_seconds', 'instance', 'route'),
          legend: '{{instance}} {{route}}',
        },
      ],
    },
    {
      title: 'HTTP Responses',
      description: 'Answers per second, by status code.',
      view: 'timeseries',
      unit: 'reqps',
      min: 0,
      queries: [
        {
          expression: `sum by (instance, code) (rate(ragmeter_http_requests_total${INSTANCE}[$__rate_interval]))`,
          legend: '{{instance}} {{code}}',
        },
      ],
    },
    {
      title: 'Event Loop Lag',
      description: 'Longest time for which the loop that answers HTTP was held.',
      view: 'timeseries',
      unit: 's',
      min: 0,
      queries: [
        {
          expression: `max by (instance) (ragmeter_event_loop_lag_max_seconds${INSTANCE})`,
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Storage',
      description:
        'Database and write-ahead log, and their limit, above which the oldest traces are deleted.',
      view: 'timeseries',
      unit: 'bytes',
      min: 0,
      queries: [
        { expression: `max by (instance) (ragmeter_storage_bytes${INSTANCE})`, legend: '{{instance}}' },
        {
          expression: `max by (instance) (ragmeter_storage_limit_bytes${INSTANCE})`,
          legend: '{{instance}} limit',
        },
      ],
    },
    {
      title: 'Stored Traces',
      description: 'Traces in the database, stored per second, and deleted per second by retention.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `max by (instance) (ragmeter_storage_traces${INSTANCE})`,
          legend: '{{instance}} in the database',
        },
        {
          expression: `sum by (instance) (rate(rag_traces_stored_total{service=~"$service",instance=~"$instance"}[$__rate_interval]))`,
          legend: '{{instance}} stored',
        },
        {
          expression: `sum by (instance) (rate(ragmeter_storage_deleted_traces_total${INSTANCE}[$__rate_interval]))`,
          legend: '{{instance}} deleted',
        },
      ],
    },
    {
      title: 'Oldest Trace',
      description:
        'How far back the traces reach. Less than the retention means that the limit of bytes came first.',
      view: 'stat',
      unit: 's',
      width: 8,
      queries: [
        {
          expression: `time() - max by (instance) (ragmeter_storage_oldest_trace_timestamp_seconds${INSTANCE})`,
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'Database Writable',
      description: 'Whether the last write to the database worked.',
      view: 'state-timeline',
      unit: 'none',
      width: 8,
      texts: [
        { value: 0, text: 'no', colour: 'red' },
        { value: 1, text: 'yes', colour: 'green' },
      ],
      queries: [
        { expression: `min by (instance) (ragmeter_storage_writable${INSTANCE})`, legend: '{{instance}}' },
      ],
    },
    {
      title: 'Notifications',
      description:
        'Attempts to tell somebody of alerts, an hour. What failed is tried again; what is dead was given up: nobody heard of it that way.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      width: 8,
      noValue: 'no notifiers',
      queries: [
        {
          expression: `sum by (instance, notifier, outcome) (increase(ragmeter_notifications_total${INSTANCE}[1h]))`,
          legend: '{{instance}} {{notifier}} {{outcome}}',
        },
      ],
    },
    {
      title: 'Memory',
      description: 'Resident memory of the process.',
      view: 'timeseries',
      unit: 'bytes',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `max by (instance) (process_resident_memory_bytes{job="${SCRAPE_JOB}",instance=~"$instance"})`,
          legend: '{{instance}}',
        },
      ],
    },
    {
      title: 'CPU',
      description: 'Cores in use, all threads.',
      view: 'timeseries',
      unit: 'short',
      min: 0,
      width: 8,
      queries: [
        {
          expression: `max by (instance) (rate(process_cpu_seconds_total{job="${SCRAPE_JOB}",instance=~"$instance"}[$__rate_interval]))`,
          legend: '{{instance}}',
        },
      ],
    },
  ],
}

export const TELEMETRY: DashboardSpecification = {
  key: 'telemetry',
  title: 'ragmeter / Self-telemetry',
  description:
    'Whether the figures of the other dashboards can be trusted: losses, limits, and the daemon itself.',
  from: 'now-6h',
  variables: [
    SERVICE,
    { name: 'instance', label: 'Daemon', query: 'label_values(ragmeter_build_info, instance)' },
  ],
  rows: [DELIVERY, SERIES, DAEMON],
}
