/** Alertmanager mutes what the daemon mutes. */
import {
  alertLabels,
  alertsOf,
  DEFAULT_CONFIGURATION,
  EXPLAINED_BY,
  LOG_ALERTS,
  PART_LABELS,
} from '@ragmeter/ops'
import { expect, test } from 'vitest'
import { readYaml } from './files.ts'

interface InhibitRule {
  source_matchers: string[]
  target_matchers: string[]
  equal?: string[]
}
const { inhibit_rules: rules } = readYaml('deploy/alertmanager/alertmanager.yml') as {
  inhibit_rules: InhibitRule[]
}

test('mutes milder alerts of a family where all labels are the same but those that name a part, as the daemon does', () => {
  const labels = [
    ...alertsOf(DEFAULT_CONFIGURATION).flatMap((alert) => [
      ...alertLabels(alert),
      ...Object.keys(alert.labels ?? {}),
    ]),
    ...LOG_ALERTS.flatMap((alert) => alert.labels),
  ]
  const same = [...new Set(['alert_family', ...labels])].filter((name) => !PART_LABELS.includes(name))
  const byFamily = rules.filter(({ source_matchers: [first = ''] }) => first.startsWith('severity'))
  expect(byFamily.map(({ equal }) => equal)).toEqual([same.toSorted(), same.toSorted()])
})

test('mutes what a dependency that is down explains, as the daemon does', () => {
  const sources = [...new Set(EXPLAINED_BY.values())]
  const expected = sources.map((source) => {
    const targets = Array.from(EXPLAINED_BY).flatMap(([target, by]) => (by === source ? [target] : []))
    return {
      source_matchers: [`alertname = ${source}`],
      target_matchers: [`alertname =~ "${targets.join('|')}"`],
      equal: ['service'],
    }
  })
  const names = new Set(sources.map((source) => `alertname = ${source}`))
  expect(rules.filter(({ source_matchers: [first = ''] }) => names.has(first))).toEqual(expected)
})
