/** Rules of a configuration of one's own, and the error budget over its whole window. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { generateRuleFiles, parseOpsConfiguration } from '@ragmeter/ops'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { program } from '../programs.ts'

const promtool = program('promtool')

const SECTIONS = `
thresholds: { latencyCritical: 8, errorRatioHigh: 0.15 }
links: { grafana: 'https://grafana.example', runbooks: 'https://wiki.example/runbooks' }
slos:
  - apiVersion: openslo/v1
    kind: SLO
    metadata: { name: answers }
    spec:
      service: shop
      indicator:
        spec:
          ratioMetric:
            bad: { metricSource: { spec: { metric: rag_requests_total, where: { status: [error, timeout] } } } }
            total: { metricSource: { spec: { metric: rag_requests_total } } }
      timeWindow: [{ duration: 1d, isRolling: true }]
      objectives: [{ target: 0.9 }]
`

/** The rules of the sections, in a folder that is there as long as the test. */
function ruleFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-objectives-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const { configuration, issues } = parseOpsConfiguration(parse(SECTIONS) as object)
  expect(issues).toEqual([])
  for (const [path, text] of generateRuleFiles(configuration))
    writeFileSync(join(folder, basename(path)), text)
  return folder
}

function series(service: string, status: string): string {
  return `rag_requests_total{service="${service}",operation="ask",status="${status}"}`
}

describe.skipIf(promtool.missing)(`a configuration of one's own${promtool.note}`, () => {
  test('gives rules that promtool finds nothing wrong with', () => {
    const folder = ruleFolder()
    const files = ['alerts', 'recording', 'slo', 'compat'].map((name) => `${name}.rules.yml`)
    const output = execFileSync('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...files], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(output.match(/SUCCESS/g)).toHaveLength(4)
  })

  test('spends the error budget by events: a failure at night weighs like one at noon', () => {
    const folder = ruleFolder()
    // Twelve hours with 1 of 2 requests a minute failing, twelve with none of 100: 720 of 73,440 events.
    const steps = 288
    const half = steps / 2
    const day = {
      rule_files: ['slo.rules.yml'],
      evaluation_interval: '5m',
      group_eval_order: ['ragmeter-slo-answers', 'ragmeter-slo-answers-budget'],
      tests: [
        {
          interval: '5m',
          input_series: [
            { series: series('shop', 'success'), values: `0+5x${half} ${half * 5 + 500}+500x${half - 1}` },
            { series: series('shop', 'error'), values: `0+5x${half} ${half * 5}+0x${half - 1}` },
            { series: series('other', 'error'), values: `0+5x${steps}` },
          ],
          promql_expr_test: [
            {
              expr: 'round(rag_slo:sli_error:ratio_window, 0.0001)',
              eval_time: '1d',
              exp_samples: [{ labels: '{service="shop",slo="answers"}', value: 0.0098 }],
            },
            {
              expr: 'round(rag_slo:error_budget_remaining:ratio, 0.001)',
              eval_time: '1d',
              exp_samples: [{ labels: '{service="shop",slo="answers"}', value: 0.902 }],
            },
          ],
        },
      ],
    }
    writeFileSync(join(folder, 'test.yml'), stringify(day))
    // Samples every five minutes need a window of more than five, and an evaluation as often.
    const rules = readFileSync(join(folder, 'slo.rules.yml'), 'utf8')
    writeFileSync(
      join(folder, 'slo.rules.yml'),
      rules.replaceAll(/^( *interval: ).*$/gm, '$15m').replaceAll('[5m]', '[10m]'),
    )
    const output = execFileSync('promtool', ['test', 'rules', 'test.yml'], { cwd: folder, encoding: 'utf8' })
    expect(output).toContain('SUCCESS')
  })
})
