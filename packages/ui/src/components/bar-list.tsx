/** Names by size: what is largest, and how much of all that is. What is not named is counted as others. */
import { Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import { formatValue } from '../lib/format.ts'
import type { Unit } from '../lib/format.ts'
import classes from './bar-list.module.css'
import type { Asked } from './chart/chart.tsx'
import { EmptyState } from './empty-state.tsx'
import { EstimateBadge } from './estimate-badge.tsx'
import { ErrorState } from './error-state.tsx'
import { LongName } from './long-name.tsx'
import { ShareBar } from './share-bar.tsx'

export interface Bar {
  name: string
  value: number
  detail?: string
  /** Sum of what is not named: never the largest, whatever it adds up to. */
  isOthers?: boolean
}

export interface BarListProps {
  title: string
  subtitle: string
  bars: readonly Bar[]
  unit: Unit
  asked: Asked
  isEstimate?: boolean
  note?: ReactNode
  /** In order of the bars, not of their size: for a distribution. */
  isDistribution?: boolean
}

export function BarList(props: BarListProps): ReactElement {
  const { title, subtitle, isEstimate = false, note, bars } = props
  return (
    <Paper component="section" className={classes['card']} aria-label={title}>
      <div>
        <Group gap={6}>
          <Title order={3} fz="sm" lh={1.4}>
            {title}
          </Title>
          {isEstimate && <EstimateBadge />}
        </Group>
        <Text size="xs" c="dimmed" lh={1.4}>
          {subtitle}
        </Text>
      </div>
      <Bars {...props} />
      {note !== undefined && bars.length > 0 && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Paper>
  )
}

function Bars({ bars, unit, asked, title, isDistribution = false }: BarListProps): ReactElement {
  if (bars.length === 0 && asked.error !== null) {
    return <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
  }
  if (bars.length === 0 && asked.isPending) return <Skeleton height={180} />
  if (bars.length === 0) return <EmptyState title="No data in this range" height={180} />
  const total = bars.reduce((sum, { value }) => sum + value, 0)
  const most = Math.max(...bars.map(({ value }) => value))
  const sorted = isDistribution
    ? bars
    : bars.toSorted(
        (left, right) =>
          Number(left.isOthers ?? false) - Number(right.isOthers ?? false) || right.value - left.value,
      )
  return (
    <Stack component="ul" gap={6} className={classes['list']} aria-label={title}>
      {sorted.map(({ name, value, detail }) => (
        <li key={name} className={classes['row']} title={detail}>
          <span className={classes['name']}>
            <LongName name={name} />
          </span>
          <ShareBar share={most > 0 ? value / most : 0} />
          <span className={classes['value']}>{formatValue(value, unit)}</span>
          <span className={classes['share']}>{total > 0 ? formatValue(value / total, 'ratio') : ''}</span>
        </li>
      ))}
    </Stack>
  )
}
