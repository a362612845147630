import { expect, test } from 'vitest'
import { DEFAULT_CONFIGURATION } from './configuration/configuration.ts'
import type { AlertChoices } from './configuration/alert-choices.ts'
import { alertsOf, generateLogRuleFiles, generateRuleFiles } from './generate.ts'
import { FILES } from './names.ts'

const rulesOf = (alerts: AlertChoices) => generateRuleFiles({ ...DEFAULT_CONFIGURATION, alerts })

test('an alert that is switched off is in no rules, and all others stay', () => {
  const before = alertsOf(DEFAULT_CONFIGURATION).map(({ name }) => name)
  const alerts = { RagHighQueryRate: { enabled: false }, RagLatencyBudgetBurnSlow: { enabled: false } }
  const after = alertsOf({ ...DEFAULT_CONFIGURATION, alerts }).map(({ name }) => name)
  expect(after).toEqual(before.filter((name) => !(name in alerts)))
  expect(before.length - after.length).toBe(2)
  expect(rulesOf(alerts).get(FILES.alertRules)).not.toContain('RagHighQueryRate')
  expect(rulesOf(alerts).get(FILES.sloRules)).not.toContain('RagLatencyBudgetBurnSlow')
})

test('severity and times of an alert are those that are chosen', () => {
  const rules = rulesOf({
    RagCriticalQueryLatency: { severity: 'info', forMinutes: 7, keepFiringMinutes: 0 },
  }).get(FILES.alertRules)
  const [, rule = ''] = /alert: RagCriticalQueryLatency\n([^]*?)- alert/.exec(rules ?? '') ?? []
  expect(rule).toContain('for: 7m')
  expect(rule).toContain('severity: info')
  expect(rule).not.toContain('keep_firing_for')
})

test('alerts on log lines are chosen the same way', () => {
  const alerts = { RagNoLogs: { enabled: false }, RagFatalLogs: { forMinutes: 0, keepFiringMinutes: 10 } }
  const rules = generateLogRuleFiles({ ...DEFAULT_CONFIGURATION, alerts }).get(FILES.logRules) ?? ''
  const [, rule = ''] = /alert: RagFatalLogs\n([^]*?)- name/.exec(rules) ?? []
  expect(rules).not.toContain('RagNoLogs')
  expect(rule).toContain('keep_firing_for: 10m')
  expect(rule).not.toMatch(/^ +for:/m)
})
