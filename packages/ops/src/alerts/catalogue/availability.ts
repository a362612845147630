/** Alerts on what is scraped. The daemon is one of the things that may be gone, so only Prometheus can tell. */
import { SCRAPE_JOB } from '../../names.ts'
import type { AlertSpecification } from '../specification.ts'

const job = `job="${SCRAPE_JOB}"`
const OUTSIDE = 'A scrape is seen from outside only: what is down cannot say so.'

export const AVAILABILITY_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagTargetDown',
    family: 'availability',
    severity: 'critical',
    when: {
      kind: 'promql',
      expression: `up{${job}} == 0`,
      labels: ['job', 'instance'],
      reason: OUTSIDE,
    },
    forMinutes: 1,
    summary: 'A target with RAG metrics cannot be scraped.',
    description: 'Prometheus gets no metrics from {instance} (job {job}).',
    valueFormat: 'state',
    dashboard: 'overview',
    replaces: ['AegisRAG: ServiceDown'],
  },
  {
    name: 'RagJobAbsent',
    family: 'availability',
    severity: 'critical',
    when: {
      kind: 'promql',
      // A target that vanished from service discovery has no `up` at all, so that `up == 0` would be silent.
      expression: `absent(up{${job}} == 1)`,
      labels: [],
      reason: OUTSIDE,
    },
    forMinutes: 5,
    summary: 'No target with RAG metrics answers.',
    description: `No target of job ${SCRAPE_JOB} is up: all are down, or service discovery finds none.`,
    // Of a comparison, absent() does not know the labels.
    labels: { job: SCRAPE_JOB },
    valueFormat: 'number',
    dashboard: 'overview',
  },
  {
    name: 'RagMetricsAbsent',
    family: 'availability',
    severity: 'warning',
    when: {
      kind: 'promql',
      expression: `max_over_time(up{${job}}[2m]) == 1 unless on (job, instance) {__name__=~"ragmeter_build_info|rag_build_info"}`,
      labels: ['job', 'instance'],
      reason: OUTSIDE,
    },
    forMinutes: 10,
    summary: 'A target answers, but without the metrics of ragmeter.',
    description:
      '{instance} (job {job}) is up, but its page is not one of ragmeter: another program may listen there.',
    valueFormat: 'state',
    dashboard: 'overview',
  },
]
