/** The list of traces: only the rows that are seen exist. */
import { Box, Button, Skeleton, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import type { CSSProperties, ReactElement } from 'react'
import { useClock } from '../../../lib/clock.tsx'
import type { Zone } from '../../../lib/format-time.ts'
import { zoneName, zoneOffset } from '../../../lib/format-time.ts'
import { useSearchText } from '../../../lib/url-state.ts'
import type { Traces } from '../trace-queries.ts'
import type { TraceSummary } from '../trace-types.ts'
import type { Column } from './columns.ts'
import { LIST_ID } from './list-top.ts'
import { NarrowRow, Row } from './trace-row.tsx'
import classes from './trace-list.module.css'

const ROW_PX = 34
const NARROW_ROW_PX = 60
const OVERSCAN_ROWS = 16
const TIME_WIDTH = '112px'

export interface TraceListProps {
  traces: Traces
  columns: readonly Column[]
  zone: Zone
  /** Of the trace whose panel is open, or that the keyboard is at. */
  currentId: string | undefined
  /** Whether the newest rows are in sight. */
  onTop: (isAtTop: boolean) => void
}

export function TraceList({ traces, columns, zone, currentId, onTop }: TraceListProps): ReactElement {
  const scroller = useRef<HTMLDivElement>(null)
  const isNarrow = useMediaQuery('(max-width: 48em)') ?? false
  const { rows, hasMore, fetchMore } = traces
  const search = useSearchText()
  const rowPx = isNarrow ? NARROW_ROW_PX : ROW_PX
  // The rule is about a compiler that is not used here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN_ROWS,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  useEffect(() => virtual.measure(), [rowPx, virtual])
  const items = virtual.getVirtualItems()
  const lastSeen = items.at(-1)?.index ?? 0
  const isAtTop = (virtual.scrollOffset ?? 0) < rowPx
  useEffect(() => onTop(isAtTop), [isAtTop, onTop])
  useEffect(() => {
    // Not before the reader scrolls: a list that nobody scrolls stays at its first page, and follows time.
    if (!isAtTop && hasMore && !traces.isTruncated && lastSeen >= rows.length - OVERSCAN_ROWS * 2) fetchMore()
  }, [fetchMore, hasMore, isAtTop, lastSeen, rows.length, traces.isTruncated])
  const currentIndex = currentId === undefined ? -1 : rows.findIndex(({ id }) => id === currentId)
  useEffect(() => {
    if (currentIndex >= 0) virtual.scrollToIndex(currentIndex, { align: 'auto' })
  }, [currentIndex, virtual])
  const slowestMs = useMemo(() => slowLatency(rows), [rows])
  const template = {
    '--columns': [TIME_WIDTH, ...columns.map(({ width }) => width)].join(' '),
  } as CSSProperties
  return (
    <Box
      ref={scroller}
      id={LIST_ID}
      className={classes['scroller'] ?? ''}
      data-stale={traces.isStale || undefined}
      role="region"
      aria-label="List of traces"
      tabIndex={0}
    >
      <div className={classes['inner']} style={template}>
        <div
          role="table"
          aria-label="Traces"
          aria-rowcount={hasMore ? -1 : rows.length + 1}
          aria-busy={traces.isPending}
        >
          {!isNarrow && <Head columns={columns} zone={zone} />}
          <div className={classes['rows']} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
            {items.map(({ index, start, key }) => {
              const trace = rows[index]
              if (trace === undefined) return null
              const isCurrent = trace.id === currentId
              const common = { trace, zone, isCurrent, index, start, slowestMs, search }
              return isNarrow ? (
                <NarrowRow key={key} {...common} />
              ) : (
                <Row key={key} {...common} columns={columns} />
              )
            })}
          </div>
        </div>
        {traces.isPending && <Skeletons />}
        <Foot traces={traces} />
      </div>
    </Box>
  )
}

/** What fills the bar of a row: exceeded by one in twenty, so that one outlier does not flatten all others. */
function slowLatency(rows: readonly TraceSummary[]): number {
  const sorted = Float64Array.from(rows, (trace) => trace.total_latency_ms).toSorted()
  return Math.max(1, sorted[Math.floor(sorted.length * 0.95)] ?? 1)
}

function Head({ columns, zone }: { columns: readonly Column[]; zone: Zone }): ReactElement {
  const { now } = useClock()
  return (
    <div className={classes['head']} role="row" aria-rowindex={1}>
      <span role="columnheader" title={zoneName(zone)}>
        Start ({zoneOffset(zone, now)})
      </span>
      {columns.map(({ key, title, isNumber }) => (
        <span key={key} role="columnheader" data-number={isNumber}>
          {title}
        </span>
      ))}
    </div>
  )
}

function Skeletons(): ReactElement {
  return (
    <div className={classes['skeletons']} aria-hidden>
      {Array.from({ length: 14 }, (_, index) => (
        <Skeleton key={index} height={14} radius="sm" />
      ))}
    </div>
  )
}

function Foot({ traces }: { traces: Traces }): ReactElement | null {
  const { rows, hasMore, isFull, isFetchingMore, isTruncated, fetchMore } = traces
  if (rows.length === 0 && !isTruncated) return null
  return (
    <div className={classes['foot']}>
      {isFull && (
        <Text size="xs" c="dimmed">
          {rows.length.toLocaleString('en')} traces are shown, and there are more. Narrow the filter or the
          range to see them.
        </Text>
      )}
      {hasMore && (
        <Button variant="subtle" size="compact-xs" onClick={fetchMore} loading={isFetchingMore}>
          {isTruncated ? 'The search took long and stopped. Search on' : 'Older traces'}
        </Button>
      )}
      {!hasMore && !isFull && (
        <Text size="xs" c="dimmed">
          {rows.length.toLocaleString('en')} {rows.length === 1 ? 'trace' : 'traces'}, all that match
        </Text>
      )}
    </div>
  )
}
