/** The shipped configuration and rules in a real Prometheus. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { getJson, until } from '../daemon-process.ts'
import { program } from '../programs.ts'
import { Prometheus } from '../prometheus-process.ts'

const folder = join(import.meta.dirname, '../../deploy/prometheus')
const ruleFiles = readdirSync(folder).filter((name) => name.endsWith('.rules.yml'))
const prometheus = program('prometheus')
const promtool = program('promtool')

describe.skipIf(promtool.missing)(`promtool${promtool.note}`, () => {
  const run = (...words: string[]) => execFileSync('promtool', words, { cwd: folder, encoding: 'utf8' })

  test.each(ruleFiles)('finds nothing wrong with %s', (file) => {
    expect(run('check', 'rules', '--lint=all', '--lint-fatal', file)).toMatch(/SUCCESS: \d+ rules found/)
  })

  test('finds nothing wrong with prometheus.yml', () => {
    expect(run('check', 'config', '--lint=all', '--lint-fatal', 'prometheus.yml')).toContain('is valid')
  })
})

interface ScrapeConfig {
  job_name: string
  honor_labels: boolean
  scrape_interval?: string
  static_configs: { targets: string[]; labels?: Record<string, string> }[]
}

interface Configuration {
  global: Record<string, string>
  rule_files: string[]
  alerting?: object
  scrape_configs: ScrapeConfig[]
}

/** What the Prometheus Operator adds to a target, and what a page of ours says. */
const TARGET = { service: 'ragmeter-svc', instance: 'pod-7' }

/** The shipped configuration with one target, its own labels, and a pace that suits a test. */
function configurationFor(port: number): string {
  const configuration = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8')) as Configuration
  const { alerting: _, ...rest } = configuration
  const [job] = configuration.scrape_configs
  if (job === undefined) throw new Error('prometheus.yml scrapes nothing')
  return stringify({
    ...rest,
    global: { scrape_interval: '1s', scrape_timeout: '900ms', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    scrape_configs: [{ ...job, static_configs: [{ targets: [`127.0.0.1:${port}`], labels: TARGET }] }],
  })
}

/** The shipped rules, evaluated every second. */
function quickRules(): Record<string, string> {
  return Object.fromEntries(
    ruleFiles.map((name) => [
      name,
      readFileSync(join(folder, name), 'utf8').replaceAll(/^( *interval: ).*$/gm, '$11s'),
    ]),
  )
}

describe.skipIf(prometheus.missing)(`Prometheus with the shipped configuration${prometheus.note}`, () => {
  let requests = 0
  const pages = createServer((_, response) => {
    requests += 100
    response.setHeader('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    response.end(
      [
        '# TYPE rag_requests_total counter',
        `rag_requests_total{service="docs",operation="ask",status="success"} ${requests}`,
        '# TYPE rag_build_info gauge',
        'rag_build_info{service="docs",instance="worker-1",version="0.1.0"} 1',
        '',
      ].join('\n'),
    )
  })
  let server: Prometheus

  beforeAll(async () => {
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
    server = await Prometheus.start(configurationFor((pages.address() as AddressInfo).port), quickRules())
    await until(
      () => server.value('service:rag_requests:rate5m'),
      (rate) => rate > 0,
      30_000,
    )
  }, 60_000)

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    pages.close()
  })

  it('keeps the labels service and instance of the page, where the target has others', async () => {
    expect((await server.query('rag_requests_total'))[0]?.metric).toEqual({
      __name__: 'rag_requests_total',
      job: 'ragmeter',
      service: 'docs',
      instance: TARGET.instance,
      operation: 'ask',
      status: 'success',
    })
    expect((await server.query('rag_build_info'))[0]?.metric).toMatchObject({
      service: 'docs',
      instance: 'worker-1',
    })
    expect(await server.query('{exported_service!=""}')).toEqual([])
    expect(await server.query('{exported_instance!=""}')).toEqual([])
  })

  it('aggregates by the service of the page', async () => {
    const recorded = await server.query('service:rag_requests:rate5m')
    expect(recorded.map(({ metric }) => metric['service'])).toEqual(['docs'])
  })

  it('evaluates every rule without an error', async () => {
    interface Group {
      rules: { name: string; health: string; lastError?: string }[]
    }
    const rules = await until(
      async () => {
        const { data } = await getJson<{ data: { groups: Group[] } }>(`${server.url}/api/v1/rules`)
        return data.groups.flatMap((group) => group.rules)
      },
      (list) => list.every(({ health }) => health !== 'unknown'),
      60_000,
    )
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([])
    expect(rules.length).toBeGreaterThan(200)
  })

  it('fires the watchdog, and for an idle target nothing else', async () => {
    const firing = await until(
      () => server.query('ALERTS{alertstate="firing"}'),
      (alerts) => alerts.length > 0,
      30_000,
    )
    expect(firing.map(({ metric }) => metric['alertname'])).toEqual(['RagWatchdog'])
  })
})
