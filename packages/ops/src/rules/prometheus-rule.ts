/** Rule files as a resource of the Prometheus operator. */
import { parse, stringify } from 'yaml'

/** @param texts of rule files @returns the text of one PrometheusRule with all their groups */
export function renderPrometheusRule(texts: readonly string[]): string {
  const groups = texts.flatMap((text) => (parse(text) as { groups: readonly unknown[] }).groups)
  const resource = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'ragmeter', labels: { 'app.kubernetes.io/name': 'ragmeter' } },
    spec: { groups },
  }
  return stringify(resource, { lineWidth: 0 })
}
