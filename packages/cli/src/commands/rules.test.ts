import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { rules } from './rules.ts'

const PROMETHEUS = { logs: false, compat: false, kubernetes: false }

const filesOf = (compat: boolean) =>
  Object.keys(rules(DEFAULT_CONFIGURATION, { ...PROMETHEUS, compat }).data['files'] as object)

interface Shipped {
  rule_files: readonly string[]
}

test('rules prints one file with every group once', () => {
  const { text } = rules(DEFAULT_CONFIGURATION, PROMETHEUS)
  const names = Array.from(text.matchAll(/^ +- name: (.*)$/gm), ([, name]) => name)
  expect(text.match(/^groups:$/gm)).toHaveLength(1)
  expect(new Set(names).size).toBe(names.length)
  expect(names.length).toBeGreaterThan(5)
  expect(text).toMatch(/alert: RagHighErrorRate/)
})

test('rules prints those on log lines on their own, with the thresholds of the configuration', () => {
  const thresholds = { ...DEFAULT_CONFIGURATION.thresholds, orgErrorLogs: 77 }
  const { text, data } = rules({ ...DEFAULT_CONFIGURATION, thresholds }, { ...PROMETHEUS, logs: true })
  expect(text).toMatch(/alert: RagOrgErrors\n +expr: .*> 77$/m)
  expect(text).not.toMatch(/alert: RagHighErrorRate/)
  expect(Object.keys(data['files'] as object)).toEqual(['deploy/loki/rules/fake/logs.rules.yml'])
})

test('rules prints what the shipped Prometheus loads, and those for dashboards of other systems on request', () => {
  const path = join(import.meta.dirname, '../../../../deploy/prometheus/prometheus.yml')
  const { rule_files } = parse(readFileSync(path, 'utf8')) as Shipped
  const loaded = rule_files.map((name) => `deploy/prometheus/${name}`)
  expect(filesOf(false)).toEqual(loaded)
  expect(filesOf(true)).toEqual([...loaded, 'deploy/prometheus/compat.rules.yml'])
})

test('rules prints a PrometheusRule of the same groups, with the thresholds of the configuration', () => {
  const thresholds = { ...DEFAULT_CONFIGURATION.thresholds, dailySpend: 777 }
  const textOf = (kubernetes: boolean) =>
    rules({ ...DEFAULT_CONFIGURATION, thresholds }, { ...PROMETHEUS, kubernetes }).text
  const { groups } = parse(textOf(false)) as { groups: unknown }
  expect(parse(textOf(true))).toMatchObject({ kind: 'PrometheusRule', spec: { groups } })
  expect(textOf(true)).toMatch(/> 777$/m)
})
