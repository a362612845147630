/** Alerts on the measuring itself: what is dropped, and how many series there are. */
import { SCRAPE_JOB } from '../../names.ts'
import type { AlertSpecification } from '../specification.ts'
import { compare } from './shared.ts'

const ON_THE_PAGE = 'Series are counted for the page that is scraped, and not kept by minute.'

export const TELEMETRY_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagTracesDropped',
    family: 'telemetry',
    severity: 'warning',
    when: compare(
      {
        kind: 'rate',
        // What is cut off a trace was measured, and the trace is there.
        of: {
          metric: 'rag_telemetry_dropped_total',
          where: { reason: { notIn: ['trace_cut'] } },
          windowMinutes: 5,
        },
        by: ['service', 'reason'],
      },
      '>',
      'droppedRate',
    ),
    forMinutes: 10,
    summary: 'Telemetry of a RAG service is dropped.',
    description:
      '{service} drops {value} telemetry items per second, reason {reason} (threshold {threshold:droppedRate}).',
    valueFormat: 'rate',
    dashboard: 'telemetry',
  },
  {
    name: 'RagMetricCardinalityHigh',
    family: 'telemetry',
    severity: 'warning',
    when: {
      kind: 'promql',
      expression:
        'max by (job, metric) (min_over_time(rag_metric_series[5m])) / max by (job, metric) (rag_metric_series_limit) > {threshold:seriesShare}',
      labels: ['job', 'metric'],
      reason: ON_THE_PAGE,
    },
    forMinutes: 10,
    summary: 'A metric has nearly as many series as it may.',
    description:
      '{metric} of job {job} uses {value} of its series limit (threshold {threshold:seriesShare}).',
    valueFormat: 'percent',
    dashboard: 'telemetry',
    replaces: ['M2.3: failure modes 1 and 3'],
  },
  {
    name: 'RagLabelOverflow',
    family: 'telemetry',
    severity: 'warning',
    when: {
      kind: 'promql',
      expression: 'sum by (service, metric, label) (increase(rag_metric_label_overflow_total[15m])) > 0',
      labels: ['service', 'metric', 'label'],
      reason: ON_THE_PAGE,
    },
    forMinutes: 5,
    summary: 'A label has more values than it may.',
    description: 'Values of the label {label} of {metric} of {service} are counted as __other__.',
    valueFormat: 'count',
    dashboard: 'telemetry',
    replaces: ['M2.3: failure mode 1'],
  },
  {
    name: 'RagScrapeNearSampleLimit',
    family: 'telemetry',
    severity: 'warning',
    when: {
      kind: 'promql',
      expression: `min_over_time(scrape_samples_post_metric_relabeling{job="${SCRAPE_JOB}"}[5m]) > {threshold:scrapeSamples}`,
      labels: ['job', 'instance'],
      reason: 'Prometheus counts the samples of its own scrapes.',
    },
    forMinutes: 15,
    summary: 'A scrape has nearly as many samples as Prometheus accepts.',
    description:
      'The page of {instance} has {value} samples (threshold {threshold:scrapeSamples}); above sample_limit all of it is refused.',
    valueFormat: 'count',
    dashboard: 'telemetry',
  },
]
