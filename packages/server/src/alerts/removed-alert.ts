/** What is still said of an alert that was removed while it fired: that it is over. */
import type { AlertSpecification } from '@ragmeter/ops'

/** Its severity and its own labels went with its specification. */
export function removedAlert(name: string): AlertSpecification {
  return {
    name,
    family: 'monitoring',
    severity: 'info',
    forMinutes: 0,
    summary: 'The alert was removed, or renamed.',
    description: `${name} was removed, or renamed, while it fired. Nobody watches any more what it watched.`,
    valueFormat: 'number',
    dashboard: 'overview',
    runbook: 'README',
    when: { kind: 'promql', expression: 'vector(0)', labels: [], reason: 'The alert was removed.' },
  }
}
