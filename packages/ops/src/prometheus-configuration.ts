/** The configuration of Prometheus that is shipped: what is scraped, and which rules are evaluated. */
import { LIMITS, METRIC_LIST } from '@ragmeter/core'
import { stringify } from 'yaml'
import { FILES, PORTS, PUSHGATEWAY_JOB, SCRAPE_JOB } from './names.ts'
import { generatedHeading } from './rules/rule-file.ts'

/** A histogram has a sample for each bucket, and for +Inf, sum and count. */
const SAMPLES_PER_SERIES_MAX = Math.max(...METRIC_LIST.map(({ buckets }) => buckets.length)) + 3
/** What the daemon says of itself, and histograms that are larger than those of today. */
const RESERVE = 50_000

/**
 * Above what ragmeter limits itself to: Prometheus refuses a page with more, all of it. For a single service behind its
 * own page far fewer would do, but a limit that hits before ragmeter's own turns a coarse label into an outage.
 */
export const SAMPLE_LIMIT = LIMITS.seriesMax * SAMPLES_PER_SERIES_MAX + RESERVE

const LIMITS_OF_A_SCRAPE = {
  sample_limit: SAMPLE_LIMIT,
  label_limit: 20,
  label_name_length_limit: 64,
  label_value_length_limit: 512,
}

export interface PrometheusAddresses {
  /** `host:port` of the daemon, and of applications that serve their own metrics. */
  readonly ragmeter: readonly string[]
  readonly pushgateway: string
  readonly alertmanager: string
  /** Of Prometheus itself. */
  readonly prometheus: string
}

function job(name: string, targets: readonly string[], more: object = {}): object {
  // Labels of our metrics win over those of the target: the Prometheus Operator sets a label `service` of its own.
  return { job_name: name, honor_labels: true, ...more, static_configs: [{ targets }] }
}

/** @param token path of a file with the daemon's token, as Prometheus sees it; undefined if it asks for none */
export function prometheusConfiguration(addresses: PrometheusAddresses, token: string | undefined): string {
  const authorization = token === undefined ? {} : { authorization: { credentials_file: token } }
  const configuration = {
    global: { scrape_interval: '15s', scrape_timeout: '10s', evaluation_interval: '30s' },
    // compat.rules.yml is for those who have dashboards of other systems.
    rule_files: [FILES.recordingRules, FILES.alertRules, FILES.sloRules].map((path) =>
      path.replace(/^.*\//, ''),
    ),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [addresses.alertmanager] }] }] },
    scrape_configs: [
      job(SCRAPE_JOB, addresses.ragmeter, { ...authorization, ...LIMITS_OF_A_SCRAPE }),
      job(PUSHGATEWAY_JOB, [addresses.pushgateway], LIMITS_OF_A_SCRAPE),
      job('prometheus', [addresses.prometheus]),
      job('alertmanager', [addresses.alertmanager]),
    ],
  }
  return (
    generatedHeading('Prometheus: scrapes ragmeter and evaluates its rules.') +
    stringify(configuration, { lineWidth: 0, aliasDuplicateObjects: false })
  )
}

/** Everything on one machine, with the default ports. */
export const LOCAL_ADDRESSES: PrometheusAddresses = {
  ragmeter: [`localhost:${PORTS.ragmeter}`],
  pushgateway: `localhost:${PORTS.pushgateway}`,
  alertmanager: `localhost:${PORTS.alertmanager}`,
  prometheus: `localhost:${PORTS.prometheus}`,
}
