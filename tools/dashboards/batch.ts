/** Batch jobs that push their metrics. A Pushgateway never forgets, so moments are shown, not just last values. */
import type { DashboardSpecification } from './dashboard.ts'

const CHOSEN_JOB = '{job=~"$job"}'

export const BATCH: DashboardSpecification = {
  key: 'batch',
  title: 'ragmeter / Batch jobs',
  description: 'Jobs that push to the Pushgateway: whether they ran, how long they took, what they did.',
  from: 'now-2d',
  refresh: '1m',
  variables: [
    { name: 'job', label: 'Job', query: 'label_values(rag_job_last_success_timestamp_seconds, job)' },
  ],
  rows: [
    {
      panels: [
        {
          title: 'Lateness',
          description:
            'Time since the last success, by the interval that is expected. Above 1 a run is missing; the alert fires later.',
          view: 'gauge',
          unit: 'percentunit',
          min: 0,
          max: 2,
          width: 8,
          thresholds: [
            [null, 'green'],
            [1, 'orange'],
            [1.5, 'red'],
          ],
          queries: [
            {
              expression: `(time() - max by (job) (rag_job_last_success_timestamp_seconds${CHOSEN_JOB})) / max by (job) (rag_job_expected_interval_seconds${CHOSEN_JOB})`,
              legend: '{{job}}',
            },
          ],
        },
        {
          title: 'Since the Last Success',
          description: 'How long ago the last run that succeeded ended.',
          view: 'stat',
          unit: 's',
          width: 8,
          queries: [
            {
              expression: `time() - max by (job) (rag_job_last_success_timestamp_seconds${CHOSEN_JOB})`,
              legend: '{{job}}',
            },
          ],
        },
        {
          title: 'Since the Last Push',
          description: 'Whether the job still reports at all, success or not. From the gateway itself.',
          view: 'stat',
          unit: 's',
          width: 8,
          queries: [
            { expression: `time() - max by (job) (push_time_seconds${CHOSEN_JOB})`, legend: '{{job}}' },
          ],
        },
        {
          title: 'Last Run',
          description: 'Whether the last run failed.',
          view: 'state-timeline',
          unit: 'none',
          width: 24,
          texts: [
            { value: 0, text: 'succeeded', colour: 'green' },
            { value: 1, text: 'failed', colour: 'red' },
          ],
          queries: [{ expression: `max by (job) (rag_job_last_run_failed${CHOSEN_JOB})`, legend: '{{job}}' }],
        },
        {
          title: 'Duration',
          description: 'How long the last run took.',
          view: 'timeseries',
          unit: 's',
          min: 0,
          queries: [
            { expression: `max by (job) (rag_job_duration_seconds${CHOSEN_JOB})`, legend: '{{job}}' },
          ],
        },
        {
          title: 'Processed Records',
          description: 'What the last run worked through.',
          view: 'timeseries',
          unit: 'short',
          min: 0,
          queries: [
            { expression: `max by (job) (rag_job_processed_records${CHOSEN_JOB})`, legend: '{{job}}' },
          ],
        },
      ],
    },
  ],
}
