/** Cost by day, or by month over long periods, with the largest apart. */
import { useQueries, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import type { ReactElement } from 'react'
import { Chart } from '../../components/chart/chart.tsx'
import type { Asked } from '../../components/chart/chart.tsx'
import type { ChartModel } from '../../components/chart/model.ts'
import type { SearchChange } from '../../lib/url-state.ts'
import { linesByKind, linesByValue, stepsOf } from './cost-lines.ts'
import type { DaySums } from './cost-lines.ts'
import { dayOf, DAYS_MAX } from './cost-period.ts'
import { sortRows } from './cost-rows.ts'
import { groupName, isTimeGroup, valueText } from './cost-state.ts'
import type { CostState } from './cost-state.ts'
import { ledgerQuery, rowsOf } from './ledger-queries.ts'
import { llmCost, totalCost } from './money.ts'
import type { Sums } from './money.ts'
import type { LedgerAnswer } from './ledger-queries.ts'

/** Beyond it colours are not told apart. */
const VALUES_MAX = 6
const STEP_MS = { day: 86_400_000, month: 30 * 86_400_000 }

export interface CostChartProps {
  state: CostState
  onChange: (change: SearchChange) => void
  answer: UseQueryResult<LedgerAnswer>
}

export function CostChart({ state, answer, onChange }: CostChartProps): ReactElement {
  const { days, filters, group } = state
  const byDay = { days, group: 'day', limit: DAYS_MAX }
  const largest = useMemo(() => largestOf(answer.data, group), [answer.data, group])
  const total = useQuery(ledgerQuery({ ...byDay, filters }))
  // One question for each: asked in one, the days of thousands of others would come along.
  const parts = useQueries({
    queries: largest.map((value) => ledgerQuery({ ...byDay, filters: { ...filters, [group]: value } })),
    combine,
  })
  // Model calls have no document store.
  const isOfCalls = answer.data !== undefined && answer.data.total.docstore_cost_usd === null
  const model = useMemo((): ChartModel => {
    const steps = stepsOf(days, group)
    const base = {
      steps: steps.starts,
      stepMs: STEP_MS[steps.unit],
      unit: 'usd',
      kind: 'bar',
      isCalendar: true,
    } as const
    const isWhole = parts.answers.every((data) => data !== undefined)
    if (answer.data === undefined || total.data === undefined || !isWhole) return { ...base, lines: [] }
    const whole = daySums(total.data)
    const named = parts.answers.map((data, index) => ({
      name: valueText(largest[index] ?? ''),
      days: daySums(data),
    }))
    const lines =
      named.length === 0
        ? linesByKind(steps, whole)
        : linesByValue(steps, whole, named, isOfCalls ? usdOfCalls : usdOfAll)
    return { ...base, lines }
  }, [days, group, answer.data, total.data, parts, largest, isOfCalls])
  const zoom = useCallback(
    (from: number, to: number) => onChange({ period: 'custom', from_day: dayOf(from), to_day: dayOf(to) }),
    [onChange],
  )
  return (
    <Chart
      title={titleOf(group, isOfCalls)}
      asked={[answer, total, ...parts.asked]}
      model={model}
      height={220}
      onZoom={zoom}
      empty="Nothing in this period has a known price."
    />
  )
}

/** Told apart from each other by the query library: the same answers are the same object, and nothing is drawn again. */
function combine(results: UseQueryResult<LedgerAnswer>[]): {
  answers: (LedgerAnswer | undefined)[]
  asked: Asked[]
} {
  return {
    answers: results.map(({ data }) => data),
    asked: results.map(({ isPending, error, refetch }) => ({ isPending, error, refetch })),
  }
}

/** The most expensive values; none of days and months, which are the axis. */
function largestOf(answer: LedgerAnswer | undefined, group: string): string[] {
  if (answer === undefined || isTimeGroup(group)) return []
  return sortRows(rowsOf(answer, group), 'total', true)
    .filter(({ sums }) => totalCost(sums).usd !== null)
    .slice(0, VALUES_MAX)
    .map(({ value }) => value)
}

function titleOf(group: string, isOfCalls: boolean): string {
  if (isTimeGroup(group)) return 'Cost over time'
  return `${isOfCalls ? 'LLM cost' : 'Cost'} over time by ${groupName(group).toLowerCase()}`
}

const usdOfCalls = (sums: Sums) => llmCost(sums).usd
const usdOfAll = (sums: Sums) => totalCost(sums).usd

function daySums(answer: LedgerAnswer | undefined): DaySums {
  return new Map(answer?.rows.map((row) => [row.key['day'] ?? '', row]))
}
