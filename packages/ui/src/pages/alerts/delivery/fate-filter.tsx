/** Which notifications are listed, by what became of them. */
import { SegmentedControl } from '@mantine/core'
import type { ReactElement } from 'react'
import { usePageState } from '../../../lib/url-state.ts'
import type { NotificationRow } from './notification-rows.ts'

export const FATES = ['all', 'delivered', 'waiting', 'dead'] as const

const LABELS: Readonly<Record<(typeof FATES)[number], string>> = {
  all: 'All',
  delivered: 'Delivered',
  waiting: 'Tried again',
  dead: 'Given up',
}

export function FateFilter({ rows }: { rows: readonly NotificationRow[] }): ReactElement {
  const [fate, setFate] = usePageState('fate', FATES, 'all')
  return (
    <SegmentedControl
      size="xs"
      aria-label="What became of them"
      value={fate}
      onChange={(next) => setFate(FATES.find((one) => one === next) ?? 'all')}
      data={FATES.map((value) => ({
        value,
        label: `${LABELS[value]} ${value === 'all' ? rows.length : rows.filter((row) => row.fate === value).length}`,
      }))}
    />
  )
}
