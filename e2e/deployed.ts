/** The shipped configurations of Prometheus and Alertmanager, with targets and receivers of a test in place of the stack's. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'

const DEPLOY = join(import.meta.dirname, '../deploy')

/** As shipped, or fast enough for a test to wait for. */
export type Pace = 'shipped' | 'hurried'

interface PrometheusConfiguration {
  global: Record<string, string>
  alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] }
  scrape_configs: Record<string, unknown>[]
}

export interface PrometheusSettings {
  /** Addresses by the name of the job; other jobs are left out. */
  readonly targets: Readonly<Record<string, string>>
  /** Address. */
  readonly alertmanager: string
  readonly pace: Pace
  /** Rule files in place of the shipped ones, below the folder of the configuration. */
  readonly ruleFiles?: readonly string[]
  /** In place of the shipped secret, below that folder too; without it nothing is authorized. */
  readonly tokenFile?: string
}

export function deployedPrometheus(settings: PrometheusSettings): string {
  const { targets, alertmanager, pace, ruleFiles, tokenFile } = settings
  const shipped = parse(
    readFileSync(join(DEPLOY, 'prometheus/prometheus.yml'), 'utf8'),
  ) as PrometheusConfiguration
  const hurried = { scrape_interval: '1s', scrape_timeout: '900ms', evaluation_interval: '1s' }
  return stringify({
    ...shipped,
    ...(pace === 'shipped' ? {} : { global: hurried }),
    ...(ruleFiles === undefined ? {} : { rule_files: ruleFiles }),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
    scrape_configs: shipped.scrape_configs
      .filter(({ job_name: name }) => String(name) in targets)
      .map(({ job_name: name, authorization, ...job }) => ({
        ...job,
        job_name: name,
        dns_sd_configs: [],
        ...(authorization === undefined || tokenFile === undefined
          ? {}
          : { authorization: { credentials_file: tokenFile } }),
        static_configs: [{ targets: [targets[String(name)]] }],
      })),
  })
}

/** Rules that are evaluated every second. */
export function hurriedRules(rules: string): string {
  return rules.replaceAll(/^( *interval: ).*$/gm, '$11s')
}

interface AlertmanagerConfiguration {
  templates: string[]
  route: Route
  receivers: { name: string }[]
}

interface Route {
  group_wait?: string
  group_interval?: string
  routes?: Route[]
}

function hurriedRoute(route: Route): Route {
  return {
    ...route,
    group_wait: '100ms',
    group_interval: '500ms',
    ...(route.routes === undefined ? {} : { routes: route.routes.map(hurriedRoute) }),
  }
}

/** Its routes, with a webhook for each receiver: the URL and the name of the receiver as its last segment. */
export function deployedAlertmanager(webhookUrl: string, pace: Pace): string {
  const shipped = parse(
    readFileSync(join(DEPLOY, 'alertmanager/alertmanager.yml'), 'utf8'),
  ) as AlertmanagerConfiguration
  return JSON.stringify({
    ...shipped,
    templates: [join(DEPLOY, 'alertmanager/templates/*.tmpl')],
    route: pace === 'shipped' ? shipped.route : hurriedRoute(shipped.route),
    receivers: shipped.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `${webhookUrl}/${encodeURIComponent(name)}`, send_resolved: true }],
    })),
  })
}
