/** What the database, the CSV and the OpenMetrics file say of one history is one truth. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DAY_MS, MINUTE_MS, requestCost } from '@ragmeter/core'
import { loadConfig } from '@ragmeter/server'
import type { ServerConfig } from '@ragmeter/server'
import * as fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { simulateHistory } from '../simulate/history.ts'
import type { HistoryPlan } from '../simulate/history.ts'
import { CsvFiles } from './csv-files.ts'
import { OpenMetricsFile } from './openmetrics-file.ts'
import { StoreOutput } from './store-output.ts'

const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-totals-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function configOf(home: string): ServerConfig {
  return loadConfig({ flags: { home }, environment: {}, currentDirectory: folder, homeDirectory: folder })
}

interface Totals {
  requests: number
  failed: number
  input: number
  output: number
  /** Nano-USD. */
  cost: number
}

/** By the generator itself. */
function truthOf(plan: HistoryPlan): Totals {
  const totals: Totals = { requests: 0, failed: 0, input: 0, output: 0, cost: 0 }
  for (const { requests } of simulateHistory(plan)) {
    for (const request of requests) {
      totals.requests += 1
      if (request.status === 'error' || request.status === 'timeout') totals.failed += 1
      for (const { input_tokens: input, output_tokens: output } of request.generations ?? []) {
        totals.input += input ?? 0
        totals.output += output ?? 0
      }
      totals.cost += requestCost(request) ?? 0
    }
  }
  return totals
}

const nano = (text: string | undefined) => Math.round(Number(text ?? '') * 1e9)

function rowsOf(file: string): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(join(folder, 'csv', file), 'utf8')
    .trimEnd()
    .split('\n')
  const names = header.split(',')
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell])))
}

function sum(rows: readonly Record<string, string>[], read: (row: Record<string, string>) => number): number {
  return rows.reduce((total, row) => total + read(row), 0)
}

function csvTotals(): [requests: Totals, days: Totals] {
  const requests = rowsOf('requests.csv')
  const days = rowsOf('daily.csv')
  const column = (rows: typeof days, name: string) => sum(rows, (row) => Number(row[name]))
  return [
    {
      requests: requests.length,
      failed: sum(requests, ({ status }) => Number(status === 'error' || status === 'timeout')),
      input: column(requests, 'input_tokens'),
      output: column(requests, 'output_tokens'),
      cost: sum(requests, (row) => nano(row['docstore_usage_cost']) + nano(row['llm_usage_cost'])),
    },
    {
      requests: column(days, 'requests'),
      failed: column(days, 'failed_requests'),
      input: column(days, 'input_tokens'),
      output: column(days, 'output_tokens'),
      cost: sum(days, (row) => nano(row['total_cost'])),
    },
  ]
}

/** Of the last sample of each series that a pattern matches. */
function lastSum(text: string, pattern: RegExp): number {
  const last = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [name = '', value] = line.split(' ')
    if (pattern.test(name)) last.set(name, Number(value))
  }
  return Array.from(last.values()).reduce((left, right) => left + right, 0)
}

function openMetricsTotals(text: string): Totals {
  const docstoreAndCalls = lastSum(text, /^rag_request_cost_usd_sum/)
  return {
    requests: lastSum(text, /^rag_requests_total/),
    failed: lastSum(text, /^rag_requests_total.*status="(error|timeout)"/),
    input: lastSum(text, /^rag_llm_tokens_total.*token_type="input"/),
    output: lastSum(text, /^rag_llm_tokens_total.*token_type="output"/),
    cost: Math.round(docstoreAndCalls * 1e9),
  }
}

function storeTotals(output: StoreOutput): Totals | undefined {
  const { report } = output
  return (
    report && {
      requests: report.requests,
      failed: report.errors,
      input: report.inputTokens,
      output: report.outputTokens,
      cost: report.llmCostNanoUsd + report.docstoreCostNanoUsd,
    }
  )
}

const REPLACING = { overwrite: true }

function writeAll(plan: HistoryPlan, home: string, stepMinutes = 60): StoreOutput {
  const store = new StoreOutput(configOf(home), NOW)
  const outputs = [
    new CsvFiles(join(folder, 'csv'), REPLACING),
    new OpenMetricsFile(join(folder, 'history.om'), stepMinutes * MINUTE_MS, REPLACING),
    store,
  ]
  for (const hour of simulateHistory(plan)) for (const output of outputs) output.add(hour)
  for (const output of outputs) {
    output.finish()
    output[Symbol.dispose]()
  }
  return store
}

test(
  'CSV, database and OpenMetrics of one seed have the totals of its requests',
  { timeout: 120_000 },
  () => {
    let home = 0
    const plans = fc.record({
      seed: fc.nat(10_000),
      minutes: fc.integer({ min: 1, max: 2 * 24 * 60 }),
      age: fc.oneof(fc.nat(2 * 24 * 60), fc.nat(400 * 24 * 60)),
      requestsPerDay: fc.integer({ min: 1, max: 150 }),
      step: fc.constantFrom(5, 60, 360),
    })
    const check = ({ seed, minutes, age, requestsPerDay, step }: Record<string, number>) => {
      const until = NOW - (age ?? 0) * MINUTE_MS
      const from = until - (minutes ?? 0) * MINUTE_MS
      const plan = { seed: seed ?? 0, from, until, requestsPerDay: requestsPerDay ?? 1 }
      const truth = truthOf(plan)
      const store = writeAll(plan, join(folder, String((home += 1))), step)
      expect(csvTotals()).toEqual([truth, truth])
      expect(openMetricsTotals(readFileSync(join(folder, 'history.om'), 'utf8'))).toEqual(truth)
      expect(storeTotals(store)).toEqual(truth)
    }
    fc.assert(fc.property(plans, check), { numRuns: 10 })
  },
)

test('the same seed and end give the same files, byte for byte', () => {
  const plan = { seed: 5, from: NOW - 2 * DAY_MS, until: NOW, requestsPerDay: 100 }
  const read = () =>
    ['csv/requests.csv', 'csv/daily.csv', 'history.om'].map((name) =>
      readFileSync(join(folder, name), 'utf8'),
    )
  writeAll(plan, join(folder, 'a'))
  const first = read()
  writeAll(plan, join(folder, 'b'))
  expect(read()).toEqual(first)
  expect(first[0]?.split('\n')[1]).toMatch(/,user-\d{3}@\w+\.simulated\.invalid,/)
})

test('files that cannot be written are an error with a remedy, and leave nothing', () => {
  mkdirSync(join(folder, 'daily.csv.part'))
  const denied = expect.objectContaining({ exit: 'denied', message: expect.stringContaining('daily.csv') })
  expect(() => new CsvFiles(folder, REPLACING)).toThrow(denied as Error)
  expect(readdirSync(folder)).toEqual(['daily.csv.part'])
})

test('an output that does not finish leaves no file, and not the one that was there before', () => {
  const path = join(folder, 'history.om')
  writeFileSync(path, 'before')
  const outputs = [
    new OpenMetricsFile(path, MINUTE_MS, REPLACING),
    new CsvFiles(join(folder, 'csv'), REPLACING),
  ]
  for (const hour of simulateHistory({ seed: 1, from: NOW - DAY_MS, until: NOW, requestsPerDay: 50 })) {
    for (const output of outputs) output.add(hour)
  }
  for (const output of outputs) output[Symbol.dispose]()
  expect([readdirSync(folder).toSorted(), readdirSync(join(folder, 'csv'))]).toEqual([
    ['csv', 'history.om'],
    [],
  ])
  expect(readFileSync(path, 'utf8')).toBe('before')
})

test('files that are there are not replaced unless that is wanted, and nothing is begun', () => {
  const keeping = { overwrite: false }
  writeFileSync(join(folder, 'daily.csv'), 'mine')
  writeFileSync(join(folder, 'history.om'), 'mine')
  const refused = expect.objectContaining({ exit: 'usage', hint: expect.stringContaining('--overwrite') })
  expect(() => new CsvFiles(folder, keeping)).toThrow(refused as Error)
  expect(() => new OpenMetricsFile(join(folder, 'history.om'), MINUTE_MS, keeping)).toThrow(refused as Error)
  expect(readdirSync(folder).toSorted()).toEqual(['daily.csv', 'history.om'])
  const free = new CsvFiles(join(folder, 'csv'), keeping)
  free.finish()
  free[Symbol.dispose]()
  expect(readdirSync(join(folder, 'csv')).toSorted()).toEqual(['daily.csv', 'requests.csv'])
})
