/** The table of costs, its order in the URL, and what one has to know to read it. */
import { Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { MarkedText } from '../../components/marked-text.tsx'
import type { SearchChange } from '../../lib/url-state.ts'
import { COLUMNS } from './cost-rows.ts'
import { DIMENSION, filterChange, groupName, isTimeGroup } from './cost-state.ts'
import type { CostState } from './cost-state.ts'
import { CostTable } from './cost-table.tsx'
import type { Order } from './cost-table.tsx'
import { rowsOf } from './ledger-queries.ts'
import type { LedgerAnswer } from './ledger-queries.ts'

export interface CostBreakdownProps {
  state: CostState
  answer: LedgerAnswer | undefined
  onChange: (change: SearchChange) => void
}

export function CostBreakdown({ state, answer, onChange }: CostBreakdownProps): ReactElement {
  const { group } = state
  if (answer === undefined) return <Skeleton height={240} radius="md" />
  const rows = rowsOf(answer, group)
  return (
    <Paper component="section" p="md" aria-label="Breakdown">
      <Stack gap="xs">
        <Title order={2} fz="sm">
          By {groupName(group).toLowerCase()}
        </Title>
        <CostTable
          rows={rows}
          others={answer.others}
          total={answer.total}
          group={group}
          order={orderOf(state, answer)}
          onOrder={({ column, isDescending }) => onChange({ sort: `${isDescending ? '-' : ''}${column}` })}
          onPick={(value) =>
            onChange({ ...filterChange(group, value), group: nextGroup(group), sort: undefined })
          }
        />
        {notesOf(state, answer, rows.length).map((note) => (
          <Text key={note} size="xs" c="dimmed">
            <MarkedText>{note}</MarkedText>
          </Text>
        ))}
      </Stack>
    </Paper>
  )
}

/** The most expensive first; days and months in their order. */
function orderOf({ sort, isDescending, group }: CostState, { total }: LedgerAnswer): Order {
  const column = sort === 'value' ? sort : COLUMNS.find((candidate) => candidate === sort)
  if (column !== undefined) return { column, isDescending }
  if (isTimeGroup(group)) return { column: 'value', isDescending: false }
  return { column: total.docstore_cost_usd === null ? 'llm' : 'total', isDescending: true }
}

/** Who looks at one of them wants to know what it is made of. */
function nextGroup(group: string): string {
  if (group === 'model') return 'org'
  return group === 'org' || group === 'service' || group === 'provider' ? 'model' : 'org'
}

function notesOf({ group }: CostState, { others, total }: LedgerAnswer, rows: number): string[] {
  const ofCalls = total.requests === null
  return [
    ...(others === null
      ? []
      : [`The ${rows.toLocaleString('en')} most expensive are listed; the rest is summed up.`]),
    ...(ofCalls
      ? [
          'Requests have no model: by model and provider there are LLM calls and their cost, without requests and the document store.',
        ]
      : []),
    ...(total.calls === null
      ? [
          `LLM calls are not counted by ${group.startsWith(DIMENSION) ? 'dimension' : groupName(group).toLowerCase()}; their cost is that of the requests they belong to.`,
        ]
      : []),
    ...(total.unpriced > 0
      ? [
          '≥: some calls have no known price, so the cost is at least this. Give their models a price with `ragmeter start --prices`.',
        ]
      : []),
  ]
}
