/** An amount that says whether it is all there is. */
import { Text, Tooltip } from '@mantine/core'
import type { ReactElement } from 'react'
import { usdText } from './money.ts'
import type { Money } from './money.ts'

export interface MoneyCellProps {
  money: Money
  /** Calls without a price: why it is unknown, or a lower bound. */
  unpriced: number
  /** What to say where nothing is known. */
  unknown?: string
}

export function MoneyCell({ money, unpriced, unknown }: MoneyCellProps): ReactElement {
  const calls = `${unpriced.toLocaleString('en')} ${unpriced === 1 ? 'call has' : 'calls have'} no known price`
  if (money.usd === null) {
    const isUnpriced = unpriced > 0 && unknown === undefined
    return (
      <Tooltip label={isUnpriced ? calls : (unknown ?? 'No data')}>
        <Text span inherit c="dimmed">
          {isUnpriced ? 'unpriced' : '–'}
        </Text>
      </Tooltip>
    )
  }
  const exact = `$${money.usd.toLocaleString('en', { maximumFractionDigits: 9 })}`
  return (
    <Tooltip label={money.isLowerBound ? `${exact} at least: ${calls}` : exact}>
      <span>
        {money.isLowerBound && (
          <Text span inherit c="dimmed" fw={400}>
            ≥{' '}
          </Text>
        )}
        {usdText(money.usd)}
      </span>
    </Tooltip>
  )
}
