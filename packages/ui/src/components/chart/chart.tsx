/**
 * One chart of a page: title, unit, legend, drawing, table, and every state between asking and seeing. Dragging zooms
 * the page; charts of a page share the crosshair.
 */
import { ActionIcon, Group, Paper, Skeleton, Text, Title, Tooltip } from '@mantine/core'
import { IconChartLine, IconTable } from '@tabler/icons-react'
import { Suspense, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { UNIT_NAMES } from '../../lib/format.ts'
import { zoneName } from '../../lib/format-time.ts'
import { lazyPart } from '../../lib/load-part.ts'
import { useSharedState } from '../../lib/url-state.ts'
import { EmptyState } from '../empty-state.tsx'
import { EstimateBadge } from '../estimate-badge.tsx'
import { ErrorState } from '../error-state.tsx'
import classes from './chart.module.css'
import { ChartTable } from './chart-table.tsx'
import { Legend } from './legend.tsx'
import { hasData } from './model.ts'
import type { ChartModel } from './model.ts'
import type { ZoomHandler } from './use-drag-zoom.ts'

const Canvas = lazyPart(async () => (await import('./canvas.tsx')).Canvas)

/** What a chart has to know of the questions behind it. Answers of `useQuery` are that. */
export interface Asked {
  isPending: boolean
  error: unknown
  refetch: () => unknown
}

export interface ChartProps {
  title: string
  /** Of all questions whose answers it shows. */
  asked: readonly Asked[]
  model: ChartModel
  /** What one has to know to read it right. */
  note?: ReactNode
  /** Instead of "No data in this range". */
  empty?: ReactNode
  /** Derived from kept traces, not from all requests. */
  isEstimate?: boolean
  /** What dragging does, where it is not the range of the page. */
  onZoom?: ZoomHandler
  /** In pixels. @default 200 */
  height?: number
}

export function Chart(props: ChartProps): ReactElement {
  const { title, model, note, isEstimate = false } = props
  const [isTable, setTable] = useState(false)
  const { zone } = useSharedState()
  const isShown = hasData(model)
  // The title says what a single line is.
  const isAlone =
    model.lines.length === 1 && model.lines[0]?.name === title && (model.bands ?? []).length === 0
  return (
    <Paper component="section" className={classes['card']} aria-label={title}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="start">
        <div>
          <Title order={3} fz="sm" lh={1.4}>
            {title} {isEstimate && <EstimateBadge />}
          </Title>
          <Text size="xs" c="dimmed" lh={1.4}>
            {`${model.kind === 'heat' ? 'count by ' : ''}${UNIT_NAMES[model.unit]} · ${zoneName(model.isCalendar === true ? 'utc' : zone)}`}
          </Text>
        </div>
        {isShown && (
          <Tooltip label={isTable ? 'Show as chart' : 'Show as table'}>
            <ActionIcon
              aria-label={`${title}: show as ${isTable ? 'chart' : 'table'}`}
              aria-pressed={isTable}
              onClick={() => setTable(!isTable)}
            >
              {isTable ? <IconChartLine size={16} /> : <IconTable size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      <Body {...props} isTable={isTable} />
      {isShown && !isTable && !isAlone && <Legend model={model} />}
      {note !== undefined && isShown && (
        <Text size="xs" c="dimmed">
          {note}
        </Text>
      )}
    </Paper>
  )
}

function Body(props: ChartProps & { isTable: boolean }): ReactElement {
  const { asked, model, title, empty, isTable, onZoom, height = 200 } = props
  const isShown = hasData(model)
  const failed = asked.find(({ error }) => error !== null)
  if (failed !== undefined && !isShown) {
    const retry = () => {
      for (const { refetch } of asked) refetch()
    }
    return <ErrorState error={failed.error} onRetry={retry} />
  }
  if (!isShown && asked.some(({ isPending }) => isPending)) return <Skeleton height={height} radius="sm" />
  if (!isShown) {
    return (
      <EmptyState title="No data in this range" height={height}>
        {empty ?? 'Choose a longer range, or another service.'}
      </EmptyState>
    )
  }
  if (isTable) return <ChartTable model={model} title={title} height={height} />
  return (
    <Suspense fallback={<Skeleton height={height} radius="sm" />}>
      <Canvas
        model={model}
        height={height}
        onZoom={onZoom}
        label={`${title}: chart. The same numbers are in its table.`}
      />
    </Suspense>
  )
}
