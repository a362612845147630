/** Whole worlds against all rules at once: which alerts fire together, and what dashboards of other systems would read. */
import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseScenarios } from '@ragmeter/ops'
import { describe, expect, onTestFinished, test } from 'vitest'
import { stringify } from 'yaml'
import { program } from '../programs.ts'
import { inputSeries } from './promtool-scenario.ts'

const ruleFolder = join(import.meta.dirname, '../../deploy/prometheus')
const ruleFiles = readdirSync(ruleFolder).filter((name) => name.endsWith('.rules.yml'))
const promtool = program('promtool')
const MINUTES = 60

/** An expression, the minute at which it is asked, and its samples. */
interface Question {
  expr: string
  minute: number
  samples: Readonly<Record<string, number>>
}

/** Series of a service that is well, of the daemon and of Prometheus, with some of them replaced. */
function world(replaced: Readonly<Record<string, string>> = {}): Record<string, string> {
  const target = 'job="ragmeter",instance="rag.example:7246"'
  const request = 'service="docs",operation="ask",intent="fact"'
  const llm = 'service="docs",provider="openai",model="gpt-4o"'
  const store = 'service="docs",dependency="qdrant",kind="vector_store"'
  const healthy = {
    [`up{${target}}`]: '1*60',
    [`ragmeter_build_info{${target},version="0.1.0"}`]: '1*60',
    [`ragmeter_storage_writable{${target}}`]: '1*60',
    [`scrape_samples_post_metric_relabeling{${target}}`]: '3000*60',
    'prometheus_notifications_alertmanagers_discovered{job="prometheus",instance="localhost:9090"}': '1*60',
    'alertmanager_notifications_failed_total{job="alertmanager",instance="a",integration="slack"}': '0*60',
    'prometheus_rule_evaluation_failures_total{job="prometheus",instance="p",rule_group="f;ragmeter-errors"}':
      '0*60',
    [`rag_requests_total{${request},model="gpt-4o",status="success"}`]: '100*60',
    [`rag_requests_total{${request},model="gpt-4o",status="error"}`]: '0*60',
    [`rag_requests_total{${request},model="gpt-4o",status="cancelled"}`]: '3*60',
    [`rag_request_duration_seconds{${request},status="success"}`]: '90@0.6+10@0.9*60',
    'rag_stage_duration_seconds{service="docs",stage="retrieval"}': '100@0.08*60',
    'rag_stage_duration_seconds{service="docs",stage="generation"}': '100@0.6*60',
    'rag_last_request_timestamp_seconds{service="docs"}': 'now*60',
    'rag_requests_in_flight{service="docs"}': '3*60',
    'rag_errors_total{service="docs",error_type="llm_error",stage="generation"}': '0*60',
    'rag_http_requests_total{service="docs",method="POST",route="/ask",code="200"}': '100*60',
    'rag_http_requests_total{service="docs",method="POST",route="/ask",code="503"}': '0*60',
    'rag_retrievals_total{service="docs",retriever="bm25",outcome="found"}': '97*60',
    'rag_retrievals_total{service="docs",retriever="bm25",outcome="empty"}': '3*60',
    [`rag_llm_requests_total{${llm},operation="chat",status="success"}`]: '100*60',
    [`rag_llm_requests_total{${llm},operation="chat",status="error"}`]: '0*60',
    [`rag_llm_cost_usd_total{${llm},operation="chat"}`]: '0.01*60',
    [`rag_llm_tokens_total{${llm},operation="chat",token_type="input"}`]: '1000*60',
    [`rag_llm_rate_limit_remaining{${llm},limit="requests"}`]: '4000*60',
    [`rag_llm_rate_limit_max{${llm},limit="requests"}`]: '5000*60',
    'rag_cache_requests_total{service="docs",cache="semantic",result="hit"}': '70*60',
    'rag_cache_requests_total{service="docs",cache="semantic",result="miss"}': '30*60',
    'rag_quality_score{service="docs",metric="relevance",source="judge"}': '5@0.9*60',
    'rag_quality_score{service="docs",metric="faithfulness",source="judge"}': '5@0.95*60',
    [`rag_dependency_up{${store}}`]: '1*60',
    'rag_dependency_up{service="docs",dependency="openai",kind="llm"}': '1*60',
    [`rag_dependency_requests_total{${store},status="success"}`]: '100*60',
    [`rag_dependency_request_duration_seconds{${store}}`]: '100@0.02*60',
    'rag_vector_store_points{service="docs",store="qdrant",collection="documents"}': '20000*60',
    'rag_store_stats_last_success_timestamp_seconds{service="docs",store="qdrant"}': 'now*60',
    'rag_memory_facts{service="docs",fact_type="episodic"}': '1000*60',
    'rag_budget_spent_usd{budget="all",period="monthly"}': '100*60',
    'rag_budget_limit_usd{budget="all",period="monthly"}': '500*60',
    'rag_telemetry_dropped_total{service="docs",reason="queue_full"}': '0*60',
    'rag_metric_label_overflow_total{service="docs",metric="rag_requests_total",label="operation"}': '0*60',
    [`rag_metric_series{${target},metric="rag_requests_total"}`]: '40*60',
    [`rag_metric_series_limit{${target},metric="rag_requests_total"}`]: '500*60',
  }
  const unknown = Object.keys(replaced).filter((key) => !(key in healthy))
  expect(unknown).toEqual([])
  return { ...healthy, ...replaced }
}

/** What promtool has to say about the answers to questions in a world. */
async function complaints(
  series: Readonly<Record<string, string>>,
  questions: readonly Question[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-world-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ruleFiles) {
    cpSync(join(ruleFolder, name), join(folder, name))
    const text = readFileSync(join(folder, name), 'utf8')
    writeFileSync(join(folder, name), text.replaceAll(/^( *interval: ).*$/gm, '$11m'))
  }
  const { scenarios, issues } = parseScenarios(stringify({ scenarios: [{ name: 'world', series }] }))
  expect(issues).toEqual([])
  const file = {
    rule_files: ruleFiles,
    tests: [
      {
        interval: '30s',
        input_series: scenarios.flatMap((scenario) => scenario.series.flatMap(inputSeries)),
        promql_expr_test: questions.map(({ expr, minute, samples }) => ({
          expr,
          eval_time: `${minute}m`,
          exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
        })),
      },
    ],
  }
  writeFileSync(join(folder, 'test.yml'), stringify(file))
  return promisify(execFile)('promtool', ['test', 'rules', 'test.yml'], { cwd: folder }).then(
    () => '',
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  )
}

function ask(expr: string, samples: Question['samples']): Question {
  return { expr, minute: 30, samples }
}

/** Exactly these alerts fire at a minute. */
function firing(minute: number, ...alerts: readonly string[]): Question {
  const samples = [...alerts, 'RagWatchdog'].map((alert) => [`{alertname="${alert}"}`, 1] as const)
  return {
    expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
    minute,
    samples: Object.fromEntries(samples),
  }
}

describe.skipIf(promtool.missing)(`worlds${promtool.note}`, () => {
  test('in health nothing fires but the watchdog', async () => {
    const minutes = [1, 10, 20, 30, 40, 50, MINUTES]
    expect(
      await complaints(
        world(),
        minutes.map((minute) => firing(minute)),
      ),
    ).toBe('')
  })

  test('a language model that is gone raises what is about it, and ends with it', async () => {
    const request = 'service="docs",operation="ask",intent="fact",model="gpt-4o"'
    const llm = 'service="docs",provider="openai",model="gpt-4o",operation="chat"'
    const series = world({
      'rag_dependency_up{service="docs",dependency="openai",kind="llm"}': '1*20 0*15 1*25',
      [`rag_requests_total{${request},status="success"}`]: '100*20 10*15 100*25',
      [`rag_requests_total{${request},status="error"}`]: '0*20 90*15 0*25',
      [`rag_llm_requests_total{${llm},status="success"}`]: '100*20 10*15 100*25',
      [`rag_llm_requests_total{${llm},status="error"}`]: '0*20 90*15 0*25',
    })
    const outage = [
      'RagLlmServiceDown',
      'RagHighLlmErrorRate',
      'RagCriticalErrorRate',
      'RagVeryHighErrorRate',
      'RagHighErrorRate',
    ]
    const slo = ['RagAvailabilityBudgetBurnFast']
    expect(
      await complaints(series, [
        firing(20),
        firing(30, ...outage, ...slo),
        // The ratio of half an hour still shows it; those of five minutes have kept firing for five more, and ended.
        firing(58, ...slo, 'RagAvailabilityBudgetBurnSlow'),
      ]),
    ).toBe('')
  })

  test('a daemon that is gone raises that it is gone, and nothing that it would have to know', async () => {
    const gone = Object.fromEntries(
      Object.entries(world()).map(([key, values]) => [
        key,
        key.startsWith('up{')
          ? '1*20 0*40'
          : /^(?:prometheus|alertmanager)_/.test(key)
            ? values
            : values.replace('*60', '*20'),
      ]),
    )
    expect(await complaints(gone, [firing(20), firing(45, 'RagTargetDown', 'RagJobAbsent')])).toBe('')
  })

  test('dashboards of other systems find their numbers', async () => {
    expect(
      await complaints(world(), [
        ask('sum by (status) (ragnarok_requests_total)', {
          '{status="success"}': 3000,
          '{status="error"}': 0,
        }),
        ask('ragnarok_last_trace_seconds', { 'ragnarok_last_trace_seconds{service="docs"}': 0 }),
        ask('sum by (intent, model) (aegis_queries_total)', { '{intent="fact",model="gpt-4o"}': 3090 }),
        ask('sum by (stage) (aegis_query_latency_seconds_count)', {
          '{stage="retrieval"}': 3000,
          '{stage="generation"}': 3000,
          '{stage="total"}': 3000,
        }),
        ask('sum by (cache_type) (aegis_cache_hits_total)', { '{cache_type="semantic"}': 2100 }),
        ask('sum by (provider, task_type) (llm_requests_total)', {
          '{provider="openai",task_type="chat"}': 3000,
        }),
        ask('monthly_budget_remaining_usd', { 'monthly_budget_remaining_usd{budget="all"}': 400 }),
        ask('sum by (operation) (rag_query_latency_seconds_count)', { '{operation="ask"}': 3000 }),
        ask('round(rag_cache_hit_rate, 0.01)', { '{service="docs",cache_type="semantic"}': 0.7 }),
        ask('rag_active_requests', { 'rag_active_requests{service="docs"}': 3 }),
        ask('sum by (endpoint, status) (rag_api_requests_total)', {
          '{endpoint="/ask",status="200"}': 3000,
          '{endpoint="/ask",status="503"}': 0,
        }),
      ]),
    ).toBe('')
  })
})
