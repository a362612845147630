/** The rules as a resource of the Prometheus operator. */
import {
  DEFAULT_CONFIGURATION,
  FILES,
  generatedHeading,
  generateRuleFiles,
  renderPrometheusRule,
} from '@ragmeter/ops'

/** Rules that are loaded where nobody chooses: not those for the dashboards of other systems. */
const LOADED: readonly string[] = [FILES.recordingRules, FILES.alertRules, FILES.sloRules]

const PROMETHEUS_RULE_FILE = 'deploy/kubernetes/prometheus-rule.yaml'

export function generatePrometheusRule(): ReadonlyMap<string, string> {
  const files = [...generateRuleFiles(DEFAULT_CONFIGURATION)].filter(([path]) => LOADED.includes(path))
  const heading = generatedHeading('Recording rules, objectives and alerts for the Prometheus operator.')
  return new Map([[PROMETHEUS_RULE_FILE, `${heading}${renderPrometheusRule(files.map(([, text]) => text))}`]])
}
