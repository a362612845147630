/** Alerts on batch jobs, which push their metrics to a Pushgateway. It never forgets, so moments are compared, not values. */
import type { AlertSpecification } from '../specification.ts'

const PUSHED = 'Batch jobs push to a Pushgateway, which the daemon does not see.'

export const BATCH_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagBatchJobStale',
    family: 'batch',
    severity: 'warning',
    when: {
      kind: 'promql',
      expression:
        'time() - max by (job) (rag_job_last_success_timestamp_seconds) > {threshold:batchJobIntervals} * max by (job) (rag_job_expected_interval_seconds)',
      labels: ['job'],
      reason: PUSHED,
    },
    forMinutes: 5,
    summary: 'A batch job is late.',
    description:
      'The last successful run of {job} ended {value} ago, more than {threshold:batchJobIntervals} times its expected interval.',
    valueFormat: 'duration',
    dashboard: 'batch',
    replaces: ['VectorLens: Pushgateway'],
  },
  {
    name: 'RagBatchJobFailed',
    family: 'batch',
    severity: 'warning',
    when: {
      kind: 'promql',
      expression: 'max by (job) (rag_job_last_run_failed) == 1',
      labels: ['job'],
      reason: PUSHED,
    },
    forMinutes: 1,
    summary: 'The last run of a batch job failed.',
    description: 'The last run of {job} failed.',
    valueFormat: 'number',
    dashboard: 'batch',
    replaces: ['VectorLens: Pushgateway'],
  },
]
