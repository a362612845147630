/** The rules as a resource of the Prometheus operator. */
import { DEFAULT_CONFIGURATION, FILES, generatedHeading, generateRuleFiles } from '@ragmeter/ops'
import { parse, stringify } from 'yaml'

/** Rules that are loaded where nobody chooses: not those for the dashboards of other systems. */
const LOADED: readonly string[] = [FILES.recordingRules, FILES.alertRules, FILES.sloRules]

const PROMETHEUS_RULE_FILE = 'deploy/kubernetes/prometheus-rule.yaml'

export function generatePrometheusRule(): ReadonlyMap<string, string> {
  const files = [...generateRuleFiles(DEFAULT_CONFIGURATION)].filter(([path]) => LOADED.includes(path))
  const groups = files.flatMap(([, text]) => (parse(text) as { groups: readonly unknown[] }).groups)
  const resource = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'ragmeter', labels: { 'app.kubernetes.io/name': 'ragmeter' } },
    spec: { groups },
  }
  const text = generatedHeading('Recording rules, objectives and alerts for the Prometheus operator.')
  return new Map([[PROMETHEUS_RULE_FILE, `${text}${stringify(resource, { lineWidth: 0 })}`]])
}
