/** Recording rules of objectives: error ratios over every window, and what is left of the budget. */
import { durationText, signalPromql } from '../alerts/promql-signal.ts'
import type { RecordingRule, RuleGroup } from '../rules/rule-file.ts'
import { recordingOf } from '../rules/recordings.ts'
import type { Recording } from '../rules/recordings.ts'
import { BURN_WINDOWS_MINUTES } from './burn-rate-alerts.ts'
import { errorBudget, sloErrorRatio, sloTotal } from './slo.ts'
import type { Slo } from './slo.ts'

const INTERVAL = '30s'
/** Reads a month of samples; what it says changes slowly. */
const BUDGET_INTERVAL = '2m'

/** From here on a window is summed up from recorded rates: three days of raw samples, twice a minute, would be gigabytes. */
const SUMMED_FROM_MINUTES = 120

/** Bad events by all events, within a window of recorded rates: each event counts the same, whenever it was. */
function summedRatio(slo: Slo, window: string): string {
  const summed = (record: string) => `sum_over_time(${record}{slo="${slo.name}"}[${window}])`
  return `${summed('rag_slo:sli_bad:rate5m')} / (${summed('rag_slo:sli_total:rate5m')} > 0)`
}

/** The error ratios of an objective, as alerts read them. */
export function sloRecordings(slo: Slo): readonly Recording[] {
  return BURN_WINDOWS_MINUTES.map((minutes) => {
    const window = durationText(minutes)
    return {
      record: `rag_slo:sli_error:ratio_rate${window}`,
      signal: sloErrorRatio(slo, minutes),
      labels: { slo: slo.name },
      ...(minutes < SUMMED_FROM_MINUTES ? {} : { expression: summedRatio(slo, window) }),
    }
  })
}

function budgetRules(slo: Slo): readonly RecordingRule[] {
  const labels = { slo: slo.name }
  const where = `{slo="${slo.name}"}`
  return [
    {
      record: 'rag_slo:sli_error:ratio_window',
      expr: summedRatio(slo, `${slo.windowDays}d`),
      labels,
    },
    {
      record: 'rag_slo:error_budget_remaining:ratio',
      expr: `1 - rag_slo:sli_error:ratio_window${where} / ${errorBudget(slo)}`,
      labels,
    },
  ]
}

/** Rates are recorded for the budget, which is summed up from them. */
function eventRules(slo: Slo): readonly RecordingRule[] {
  const labels = { slo: slo.name }
  const total = signalPromql({ kind: 'rate', of: sloTotal(slo, 5), by: ['service'] })
  const ratio = `rag_slo:sli_error:ratio_rate5m{slo="${slo.name}"}`
  return [
    { record: 'rag_slo:sli_total:rate5m', expr: total, labels },
    // Where nothing happened the ratio is unknown, and nothing of it was bad.
    {
      record: 'rag_slo:sli_bad:rate5m',
      expr: `${ratio} * rag_slo:sli_total:rate5m{slo="${slo.name}"} or 0 * rag_slo:sli_total:rate5m{slo="${slo.name}"}`,
      labels,
    },
    { record: 'rag_slo:objective:ratio', expr: `vector(${slo.target})`, labels },
  ]
}

function isSummed({ expression }: Recording): boolean {
  return expression !== undefined
}

/** Two groups for each objective: its ratios, and its budget. */
export function sloGroups(slo: Slo): readonly RuleGroup[] {
  const ratios = sloRecordings(slo)
  return [
    {
      name: `ragmeter-slo-${slo.name}`,
      interval: INTERVAL,
      // In the order in which they read each other.
      rules: [
        ...ratios.filter((recording) => !isSummed(recording)).map(recordingOf),
        ...eventRules(slo),
        ...ratios.filter(isSummed).map(recordingOf),
      ],
    },
    { name: `ragmeter-slo-${slo.name}-budget`, interval: BUDGET_INTERVAL, rules: budgetRules(slo) },
  ]
}
