/** What was spent: in the period, and this month against the last. */
import { Group, Paper, SimpleGrid, Skeleton, Text } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import { changeOf, formatValue } from '../../lib/format.ts'
import classes from './cost-figures.module.css'
import { dayText, isWhollyKnown, rangeText, sameDaysOfLastMonth } from './cost-period.ts'
import { MoneyCell } from './money-cell.tsx'
import { costPerRequest, docstoreCost, llmCost, totalCost } from './money.ts'
import type { Sums } from './money.ts'

export interface CostFiguresProps {
  total: Sums | undefined
  thisMonth: Sums | undefined
  lastMonth: Sums | undefined
  /** Of the whole ledger; null while it is empty. */
  firstDay: string | null | undefined
  now: number
}

export function CostFigures(props: CostFiguresProps): ReactElement {
  const { total } = props
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm">
      <Month {...props} />
      <Tile name="Cost in the period" id="total">
        {total && <MoneyCell money={totalCost(total)} unpriced={total.unpriced} />}
      </Tile>
      <Tile name="LLM" id="llm" note={total && shareText(llmCost(total).usd, total)}>
        {total && <MoneyCell money={llmCost(total)} unpriced={total.unpriced} />}
      </Tile>
      <Tile name="Document store" id="docstore" note={total && docstoreNote(total)}>
        {total && (
          <MoneyCell
            money={docstoreCost(total)}
            unpriced={0}
            unknown="No cost of the document store was reported"
          />
        )}
      </Tile>
      <Tile name="Cost per request" id="per-request" note={total && requestsText(total)}>
        {total && (
          <MoneyCell
            money={costPerRequest(total)}
            unpriced={total.unpriced}
            {...(total.requests === null ? { unknown: 'Requests are not counted by model or provider' } : {})}
          />
        )}
      </Tile>
      <Tile
        name="Unpriced LLM calls"
        id="unpriced"
        note={total && unpricedText(total)}
        isWarning={(total?.unpriced ?? 0) > 0}
      >
        {total?.unpriced.toLocaleString('en')}
      </Tile>
    </SimpleGrid>
  )
}

function Month({ thisMonth, lastMonth, firstDay, now }: Omit<CostFiguresProps, 'total'>): ReactElement {
  const cost = thisMonth && totalCost(thisMonth)
  const before = lastMonth && totalCost(lastMonth)
  const days = sameDaysOfLastMonth(now)
  const isKnown = isWhollyKnown(days, firstDay)
  const change = isKnown ? changeOf(cost?.usd, before?.usd) : undefined
  const note =
    before &&
    (before.usd === null ? (
      `nothing known of ${rangeText(days)}`
    ) : (
      <>
        {change !== undefined && (
          <b>{`${change > 0 ? '+' : change < 0 ? '−' : '±'}${Math.abs(change * 100).toFixed(0)}% `}</b>
        )}
        against <MoneyCell money={before} unpriced={lastMonth.unpriced} /> on {rangeText(days)}
        {!isKnown && typeof firstDay === 'string' && `: data begin on ${dayText(firstDay)}`}
      </>
    ))
  return (
    <Tile name="Month to date, today so far" id="month" note={note}>
      {cost && <MoneyCell money={cost} unpriced={thisMonth.unpriced} />}
    </Tile>
  )
}

interface TileProps {
  name: string
  /** For tests and links. */
  id: string
  /** undefined is not known yet. */
  children: ReactNode
  note?: ReactNode
  isWarning?: boolean
}

function Tile({ name, id, children, note, isWarning = false }: TileProps): ReactElement {
  return (
    <Paper className={classes['tile'] ?? ''} data-figure={id} component="section" aria-label={name}>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      {children === undefined ? (
        <Skeleton height={24} width="60%" my={4} />
      ) : (
        <Text className={classes['value'] ?? ''} data-value {...(isWarning ? { c: 'var(--rm-warn)' } : {})}>
          {children}
        </Text>
      )}
      <Group gap={4}>
        <Text size="xs" c="dimmed" component="div">
          {note ?? '\u00A0'}
        </Text>
      </Group>
    </Paper>
  )
}

function shareText(usd: number | null, total: Sums): string | undefined {
  const all = totalCost(total).usd
  return usd === null || all === null || all === 0
    ? undefined
    : `${formatValue(usd / all, 'ratio')} of the cost`
}

function docstoreNote(total: Sums): string | undefined {
  if (total.docstore_cost_usd === null) return 'not known by model or provider'
  const { usd } = docstoreCost(total)
  return usd === null ? 'none reported' : shareText(usd, total)
}

function requestsText({ requests }: Sums): string {
  return requests === null ? 'not counted by model' : `${requests.toLocaleString('en')} requests`
}

function unpricedText({ unpriced, calls }: Sums): string {
  if (unpriced === 0) return calls === 0 ? 'no LLM calls' : 'every call has a price'
  const part = calls === null || calls === 0 ? '' : `${formatValue(unpriced / calls, 'ratio')} of calls, `
  return `${part}not in the costs`
}
