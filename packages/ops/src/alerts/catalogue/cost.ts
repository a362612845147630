/** Alerts on money. Budgets are those of ragmeter.yaml; what is spent comes from the ledger, to the nano-dollar. */
import type { AlertSpecification, Condition } from '../specification.ts'
import type { ThresholdKey } from '../../configuration/thresholds.ts'
import type { Comparison } from '../specification.ts'
import type { Counted, Gauge } from '../signal.ts'
import { all, compare } from './shared.ts'

const COST = 'rag_llm_cost_usd_total'
const HOUR: Counted = { metric: COST, windowMinutes: 60 }
const DAY: Counted = { metric: COST, windowMinutes: 1440 }
const DAY_BEFORE: Counted = { ...DAY, offsetMinutes: 1440 }

function budget(metric: string, over: Gauge['over'], periods: readonly string[]): Gauge {
  return {
    kind: 'gauge',
    metric,
    where: { period: { in: periods } },
    over,
    windowMinutes: 2,
    aggregate: 'max',
    by: ['budget', 'period'],
  }
}

function budgetUsed(
  periods: readonly string[],
  comparison: Comparison,
  threshold: ThresholdKey | number,
): Condition {
  return compare(
    {
      kind: 'gauge-ratio',
      numerator: budget('rag_budget_spent_usd', 'min', periods),
      denominator: budget('rag_budget_limit_usd', 'max', periods),
    },
    comparison,
    threshold,
  )
}

const BUDGET_DESCRIPTION = '{value} of the {period} budget {budget} is spent'

export const COST_ALERTS: readonly AlertSpecification[] = [
  {
    name: 'RagMonthlyBudgetExceeded',
    family: 'cost',
    severity: 'critical',
    when: budgetUsed(['monthly'], '>=', 1),
    forMinutes: 1,
    summary: 'A monthly budget is spent.',
    description: `${BUDGET_DESCRIPTION}.`,
    valueFormat: 'percent',
    dashboard: 'costs',
    replaces: ['AegisRAG: MonthlyBudgetExceeded'],
  },
  {
    name: 'RagMonthlyBudgetWarning',
    family: 'cost',
    severity: 'warning',
    when: budgetUsed(['monthly'], '>', 'budgetWarning'),
    forMinutes: 5,
    summary: 'A monthly budget is nearly spent.',
    description: `${BUDGET_DESCRIPTION} (threshold {threshold:budgetWarning}).`,
    valueFormat: 'percent',
    dashboard: 'costs',
    replaces: ['AegisRAG: MonthlyBudgetWarning'],
  },
  {
    name: 'RagBudgetExceeded',
    family: 'cost',
    severity: 'warning',
    when: budgetUsed(['daily', 'weekly'], '>=', 1),
    forMinutes: 1,
    summary: 'The budget of a day or a week is spent.',
    description: `${BUDGET_DESCRIPTION}.`,
    valueFormat: 'percent',
    dashboard: 'costs',
  },
  {
    name: 'RagDailySpendHigh',
    family: 'cost',
    severity: 'warning',
    when: compare({ kind: 'increase', of: DAY, by: ['service'] }, '>', 'dailySpend'),
    forMinutes: 5,
    summary: 'A RAG service spends more on language models than it should.',
    description: '{service} spent {value} within 24 hours (threshold {threshold:dailySpend}).',
    valueFormat: 'usd',
    dashboard: 'costs',
    replaces: ['M2.3: HighCostBurn', 'Guide: HighTokenUsage'],
  },
  {
    name: 'RagCostSpike',
    family: 'cost',
    severity: 'warning',
    when: all(
      compare({ kind: 'ratio', numerator: HOUR, denominator: DAY, by: ['service'] }, '>', 'costSpikeTimes'),
      compare({ kind: 'increase', of: HOUR, by: ['service'] }, '>', 'costSpikeMin'),
      // The hours before a service began to spend would pull the mean down.
      compare({ kind: 'increase', of: DAY_BEFORE, by: ['service'] }, '>', 0),
    ),
    forMinutes: 15,
    summary: 'The cost of a RAG service has jumped.',
    description:
      'The last hour of {service} cost {value} times the mean hour of the last day (threshold {threshold:costSpikeTimes}).',
    valueFormat: 'times',
    dashboard: 'costs',
  },
]
