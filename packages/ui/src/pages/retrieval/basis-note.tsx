/** What an estimate rests on, in a sentence. */
import { Text } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import { formatValue } from '../../lib/format.ts'
import { useView } from '../../lib/view.ts'
import type { Basis } from './retrieval-queries.ts'

export function BasisNote({ basis, what }: { basis: Basis; what: string }): ReactElement {
  const { zone } = useView()
  return (
    <Text size="xs" c="dimmed">
      {basisText(basis, what, `${formatMoment(basis.since, zone)} ${zoneName(zone)}`)}
    </Text>
  )
}

/** @param what the traces are, such as `kept traces` @param since start of the oldest that was read */
export function basisText(basis: Basis, what: string, since: string): string {
  const { traces, estimate, matching, matching_complete: isCounted } = basis
  const isWhole = isCounted && traces === matching
  const read = isWhole
    ? `from all ${count(traces)} ${what} of the range`
    : `from the newest ${count(traces)} of ${isCounted ? '' : 'more than '}${count(matching)} ${what}, since ${since}`
  const weight =
    Math.round(estimate) === traces
      ? ''
      : `, which stand for about ${formatValue(estimate, 'count')} requests`
  return `Estimated ${read}${weight}.`
}

function count(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 })
}
