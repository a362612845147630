/** One number of a page: what it is, how much, and how it has changed against the period before. */
import { Group, Paper, Skeleton, Text, Tooltip } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'
import { changeOf, formatValue, UNKNOWN } from '../lib/format.ts'
import type { Unit } from '../lib/format.ts'
import { EstimateBadge } from './estimate-badge.tsx'
import classes from './figure.module.css'

export interface FigureProps {
  title: string
  /** null is not known, which is not 0. */
  value: number | null | undefined
  unit: Unit
  /** A part of it is not known: the value is at least that. */
  isLowerBound?: boolean
  /** Of the period before, where it is compared. */
  before?: number | null | undefined
  /** Whether more is better, worse, or neither. @default neither */
  moreIs?: 'good' | 'bad'
  /** What it is made of. */
  detail?: ReactNode
  /** What one should know: shown on hover and on focus. */
  help: string
  /** Colour of the number, with a word that says why. */
  alarm?: string | undefined
  isPending: boolean
  isEstimate?: boolean
}

export function Figure(props: FigureProps): ReactElement {
  const { title, value, unit, detail, help, alarm, isPending, isEstimate = false } = props
  const text = `${props.isLowerBound === true && value !== null ? '≥ ' : ''}${formatValue(value, unit)}`
  const label = `${title}: ${text}${alarm === undefined ? '' : `, ${alarm}`}. ${help}`
  return (
    <Tooltip label={help} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      <Paper className={classes['figure']} component="section" aria-label={label} tabIndex={0}>
        <Group gap={6} wrap="nowrap" justify="space-between">
          <Text size="xs" c="dimmed" truncate>
            {title}
          </Text>
          {isEstimate && <EstimateBadge />}
        </Group>
        {isPending ? (
          <Skeleton height={28} width="60%" mt={4} />
        ) : (
          <span className={classes['value']} data-alarm={alarm !== undefined || undefined}>
            {text}
          </span>
        )}
        <Text size="xs" c="dimmed" component="div" className={classes['detail']}>
          {isPending ? '\u00a0' : (detail ?? (value === null || value === undefined ? 'no data' : '\u00a0'))}
        </Text>
        <Change {...props} />
      </Paper>
    </Tooltip>
  )
}

function Change({ value, before, moreIs, unit }: FigureProps): ReactElement | null {
  const change = changeOf(value, before)
  if (change === undefined) return null
  const isNone = Math.abs(change) < 0.005
  const tone =
    isNone || moreIs === undefined ? 'same' : change > 0 === (moreIs === 'good') ? 'better' : 'worse'
  const percent = Math.abs(change) > 9.99 ? '>999' : Math.abs(change * 100).toFixed(0)
  const text = isNone ? '±0%' : `${change > 0 ? '▲' : '▼'} ${percent}%`
  const spoken = `${tone === 'same' ? '' : `${tone}: `}before ${before === undefined ? UNKNOWN : formatValue(before, unit)}`
  return (
    <span className={classes['change']} data-tone={tone} title={spoken}>
      {`${text} vs before`}
      <span className={classes['hidden']}>{spoken}</span>
    </span>
  )
}
