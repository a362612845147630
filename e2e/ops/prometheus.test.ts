/** The shipped configuration and rules in a real Prometheus. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { SAMPLE_LIMIT, SCRAPE_JOB } from '@ragmeter/ops'
import { getJson, until } from '../daemon-process.ts'
import { program } from '../programs.ts'
import { Prometheus } from '../prometheus-process.ts'

const folder = join(import.meta.dirname, '../../deploy/prometheus')
const ruleFiles = readdirSync(folder).filter((name) => name.endsWith('.rules.yml'))
const prometheus = program('prometheus')
const promtool = program('promtool')

function check(...words: string[]): string {
  return execFileSync('promtool', ['check', ...words, '--lint=all', '--lint-fatal'], { encoding: 'utf8' })
}

describe.skipIf(promtool.missing)(`promtool${promtool.note}`, () => {
  test.each(ruleFiles)('finds nothing wrong with %s', (file) => {
    expect(check('rules', join(folder, file))).toMatch(/SUCCESS: \d+ rules found/)
  })

  test('finds nothing wrong with prometheus.yml', () => {
    const directory = mkdtempSync(join(tmpdir(), 'ragmeter-promtool-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    cpSync(folder, directory, { recursive: true })
    // The secret is there in a container only, and promtool looks for its file.
    const secret = join(directory, 'token')
    writeFileSync(secret, 'secret-token')
    const text = readFileSync(join(folder, 'prometheus.yml'), 'utf8').replace(
      '/run/secrets/ragmeter_token',
      secret,
    )
    writeFileSync(join(directory, 'prometheus.yml'), text)
    expect(check('config', join(directory, 'prometheus.yml'))).toContain('is valid')
  })
})

interface ScrapeConfig {
  job_name: string
  honor_labels?: boolean
  authorization?: object
  sample_limit?: number
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
  const { alerting: _alerting, ...rest } = configuration
  const job = configuration.scrape_configs.find(({ job_name }) => job_name === SCRAPE_JOB)
  if (job === undefined) throw new Error(`prometheus.yml has no job ${SCRAPE_JOB}`)
  const { authorization: _authorization, ...open } = job
  return stringify({
    ...rest,
    global: { scrape_interval: '1s', scrape_timeout: '900ms', evaluation_interval: '1s' },
    rule_files: ruleFiles,
    scrape_configs: [{ ...open, static_configs: [{ targets: [`127.0.0.1:${port}`], labels: TARGET }] }],
  })
}

test('every scrape of our metrics keeps their labels, and takes every page that ragmeter makes', () => {
  const { scrape_configs } = parse(readFileSync(join(folder, 'prometheus.yml'), 'utf8')) as Configuration
  const ours = scrape_configs.filter(({ job_name }) => [SCRAPE_JOB, 'pushgateway'].includes(job_name))
  expect(ours.map(({ honor_labels }) => honor_labels)).toEqual([true, true])
  expect(ours.find(({ job_name }) => job_name === SCRAPE_JOB)?.sample_limit).toBe(SAMPLE_LIMIT)
})

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
