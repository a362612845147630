/**
 * The scenarios of every alert, run by the daemon's own evaluation. e2e/ops runs the same files in Prometheus: what both
 * confirm, both say alike.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { alertsOf, daemonCondition, DEFAULT_CONFIGURATION, parseScenarios } from '@ragmeter/ops'
import { describe, expect, test } from 'vitest'
import { publicLabelNames } from '../src/alerts/public-alert.ts'
import { runScenario } from '../src/alerts/scenario-runner.ts'

const folder = new URL('../../ops/scenarios/', import.meta.url)
const files = readdirSync(folder).filter((name) => name.endsWith('.alert-test.yaml'))

test('there are scenarios', () => {
  expect(files.length).toBeGreaterThan(40)
})

test.each(files)('%s', (file) => {
  const { scenarios, issues } = parseScenarios(readFileSync(new URL(file, folder), 'utf8'))
  expect(issues).toEqual([])
  for (const scenario of scenarios) {
    expect([scenario.name, runScenario(scenario, DEFAULT_CONFIGURATION).failures]).toEqual([
      scenario.name,
      [],
    ])
  }
})

// What scenarios expect is what alerts have: those above say so.
test('publicLabelNames has every label that an alert of a scenario has', () => {
  const evaluated = alertsOf(DEFAULT_CONFIGURATION).filter((alert) => daemonCondition(alert) !== undefined)
  const expected = files
    .flatMap((file) => parseScenarios(readFileSync(new URL(file, folder), 'utf8')).scenarios)
    .flatMap(({ expectations }) =>
      expectations.filter((one) => evaluated.some(({ name }) => name === one.alert)),
    )
  const names = new Set(expected.flatMap(({ labels }) => Object.keys(labels)))
  expect(names.size).toBeGreaterThan(5)
  expect(publicLabelNames(DEFAULT_CONFIGURATION)).toEqual(expect.arrayContaining(Array.from(names)))
})

const text = (transitions: string, more = '') => `
scenarios:
  - name: failing
    series:
      'rag_requests_total{service="docs",status="error"}': 10*20
    alerts:
      - alert: RagHighErrorRate
        labels: { service: docs }
        transitions: ${transitions}
${more}`
const run = (source: string) => {
  const [scenario] = parseScenarios(source).scenarios
  if (scenario === undefined) throw new Error('it has issues')
  return runScenario(scenario, DEFAULT_CONFIGURATION)
}

describe('runScenario', () => {
  test('says at which minute an alert is in another state than expected', () => {
    const early = run(text('[{ minute: 2, state: pending }, { minute: 4, state: firing }]'))
    expect(early.failures).toEqual([expect.stringMatching(/is pending at minute 4, not firing/)])
    expect(run(text('[{ minute: 2, state: pending }, { minute: 5, state: firing }]')).failures).toEqual([])
  })

  test('says that an alert fires which nobody expects', () => {
    const other = text('[]').replace('service: docs', 'service: chat')
    expect(run(other).failures).toEqual([
      expect.stringMatching(/RagHighErrorRate\{service="docs"\}.*expected nothing/),
    ])
  })

  test('says which alerts do not exist, and which only Prometheus evaluates', () => {
    const more = '      - alert: RagNonsense\n      - alert: RagTargetDown\n'
    const result = run(text('[{ minute: 2, state: pending }, { minute: 5, state: firing }]', more))
    expect(result.failures).toEqual(['There is no alert RagNonsense.'])
    expect(result.skipped).toEqual([{ alert: 'RagTargetDown', reason: expect.any(String) }])
  })
})
