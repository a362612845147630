/** What each one costs; what is beyond the limit is summed up, and all of it. */
import { Anchor, ScrollArea, Table, Text, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { formatValue } from '../../lib/format.ts'
import { dayText } from './cost-period.ts'
import { COLUMNS, sortRows } from './cost-rows.ts'
import type { Column, CostRow } from './cost-rows.ts'
import { groupName, isTimeGroup, valueText } from './cost-state.ts'
import classes from './cost-table.module.css'
import { MoneyCell } from './money-cell.tsx'
import { costPerRequest, docstoreCost, llmCost, totalCost } from './money.ts'
import type { Sums } from './money.ts'

const COLUMN_NAMES: Readonly<Record<Column, string>> = {
  total: 'Cost',
  llm: 'LLM',
  docstore: 'Document store',
  requests: 'Requests',
  per_request: 'Per request',
  errors: 'Errors',
  calls: 'LLM calls',
  input_tokens: 'Input tokens',
  output_tokens: 'Output tokens',
  unpriced: 'Unpriced calls',
}

export interface Order {
  column: Column | 'value'
  isDescending: boolean
}

export interface CostTableProps {
  rows: readonly CostRow[]
  others: Sums | null
  total: Sums
  group: string
  order: Order
  onOrder: (order: Order) => void
  /** Narrows the page to one value. */
  onPick: (value: string) => void
}

export function CostTable({
  rows,
  others,
  total,
  group,
  order,
  onOrder,
  onPick,
}: CostTableProps): ReactElement {
  const columns = columnsFor(total)
  const all = totalCost(total).usd
  const headings: [Order['column'], string][] = [
    ['value', groupName(group)],
    ...columns.map((column): [Column, string] => [column, COLUMN_NAMES[column]]),
  ]
  return (
    <ScrollArea type="auto">
      <Table
        verticalSpacing={5}
        horizontalSpacing={8}
        highlightOnHover
        aria-label={`Costs by ${groupName(group).toLowerCase()}`}
      >
        <Table.Thead>
          <Table.Tr>
            {headings.map(([column, name]) => (
              <Heading key={column} column={column} name={name} order={order} onOrder={onOrder} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sortRows(rows, order.column, order.isDescending).map((row) => (
            <Table.Tr key={row.value}>
              <Name row={row} group={group} all={all} onPick={onPick} />
              <Cells sums={row.sums} columns={columns} />
            </Table.Tr>
          ))}
          {others !== null && (
            <Table.Tr>
              <Table.Th scope="row">
                <Text span size="sm" fs="italic" c="dimmed">
                  all others
                </Text>
              </Table.Th>
              <Cells sums={others} columns={columns} />
            </Table.Tr>
          )}
        </Table.Tbody>
        <Table.Tfoot>
          <Table.Tr className={classes['sum'] ?? ''}>
            <Table.Th scope="row">Total</Table.Th>
            <Cells sums={total} columns={columns} />
          </Table.Tr>
        </Table.Tfoot>
      </Table>
    </ScrollArea>
  )
}

/** Requests have no model and model calls no endpoint: a column of dashes would say nothing. */
function columnsFor(total: Sums): Column[] {
  return COLUMNS.filter((column) => {
    switch (column) {
      case 'total':
      case 'docstore':
        return total.docstore_cost_usd !== null
      case 'per_request':
        return total.requests !== null
      case 'llm':
        return true
      case 'requests':
      case 'errors':
      case 'calls':
      case 'input_tokens':
      case 'output_tokens':
      case 'unpriced':
        return total[column] !== null
      default:
        return column satisfies never
    }
  })
}

interface HeadingProps {
  column: Order['column']
  name: string
  order: Order
  onOrder: (order: Order) => void
}

function Heading({ column, name, order, onOrder }: HeadingProps): ReactElement {
  const isSorted = order.column === column
  const Arrow = order.isDescending ? IconArrowDown : IconArrowUp
  return (
    <Table.Th
      aria-sort={isSorted ? (order.isDescending ? 'descending' : 'ascending') : 'none'}
      className={column === 'value' ? '' : (classes['number'] ?? '')}
    >
      <UnstyledButton
        className={classes['heading'] ?? ''}
        fz="xs"
        {...(isSorted ? {} : { c: 'dimmed' })}
        onClick={() => onOrder({ column, isDescending: isSorted ? !order.isDescending : column !== 'value' })}
      >
        {name}
        {isSorted && <Arrow size={12} aria-hidden className={classes['arrow']} />}
      </UnstyledButton>
    </Table.Th>
  )
}

interface NameProps {
  row: CostRow
  group: string
  all: number | null
  onPick: (value: string) => void
}

function Name({ row, group, all, onPick }: NameProps): ReactElement {
  const { value, sums } = row
  const share = all === null || all === 0 ? 0 : (totalCost(sums).usd ?? 0) / all
  const text = valueText(value)
  return (
    <Table.Th scope="row" className={classes['name'] ?? ''} fw={400}>
      {isTimeGroup(group) ? (
        dayText(value)
      ) : (
        <Anchor
          component="button"
          type="button"
          size="sm"
          {...(value === '' ? { c: 'dimmed' } : {})}
          className={classes['pick'] ?? ''}
          title={`Only ${text}`}
          onClick={() => onPick(value)}
        >
          {text}
        </Anchor>
      )}
      <span
        className={classes['share']}
        style={{ width: `calc(${Math.min(100, share * 100)}% - ${share * 8}px)` }}
        aria-hidden
      />
    </Table.Th>
  )
}

function Cells({ sums, columns }: { sums: Sums; columns: readonly Column[] }): ReactElement {
  return (
    <>
      {columns.map((column) => (
        <Table.Td key={column} className={classes['number'] ?? ''} data-column={column}>
          <Cell column={column} sums={sums} />
        </Table.Td>
      ))}
    </>
  )
}

function Cell({ column, sums }: { column: Column; sums: Sums }): ReactElement {
  const { unpriced } = sums
  switch (column) {
    case 'total':
      return <MoneyCell money={totalCost(sums)} unpriced={unpriced} />
    case 'llm':
      return <MoneyCell money={llmCost(sums)} unpriced={unpriced} />
    case 'docstore':
      return (
        <MoneyCell
          money={docstoreCost(sums)}
          unpriced={0}
          unknown="No cost of the document store was reported"
        />
      )
    case 'per_request':
      return <MoneyCell money={costPerRequest(sums)} unpriced={unpriced} />
    case 'unpriced':
      return unpriced === 0 ? (
        <Text span inherit c="dimmed">
          0
        </Text>
      ) : (
        <Text span inherit c="var(--rm-warn)">
          {unpriced.toLocaleString('en')}
        </Text>
      )
    case 'requests':
    case 'errors':
    case 'calls':
    case 'input_tokens':
    case 'output_tokens':
      return <span title={sums[column]?.toLocaleString('en')}>{formatValue(sums[column], 'count')}</span>
    default:
      return column satisfies never
  }
}
