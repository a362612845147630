/** One trace of the list. */
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import type { ReactElement } from 'react'
import { formatValue, UNKNOWN } from '../../../lib/format.ts'
import type { Zone } from '../../../lib/format-time.ts'
import type { SearchText } from '../../../lib/search-text.ts'
import type { TraceSummary } from '../trace-types.ts'
import { TRACE_ROUTE } from '../use-open-trace.ts'
import type { Column } from './columns.ts'
import { StatusMark } from './status-mark.tsx'
import classes from './trace-list.module.css'
import { formatStart, formatWhole } from './trace-time.ts'

interface RowProps {
  trace: TraceSummary
  zone: Zone
  isCurrent: boolean
  /** From 0. */
  index: number
  /** Pixels from the top of the list. */
  start: number
  /** Latency that fills the bar. */
  slowestMs: number
  /** Parameters of the URL. */
  search: SearchText
}

export const Row = memo(function Row({
  columns,
  ...props
}: RowProps & { columns: readonly Column[] }): ReactElement {
  const { trace, index, start, isCurrent, slowestMs } = props
  return (
    <div
      className={classes['row']}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isCurrent}
      data-current={isCurrent || undefined}
      data-status={trace.status}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span role="cell">
        <Start {...props} />
      </span>
      {columns.map((column) => (
        <Cell key={column.key} column={column} trace={trace} slowestMs={slowestMs} />
      ))}
    </div>
  )
})

/** The link of the whole row, so that a trace can be opened in another tab and by a screen reader. */
function Start({ trace, zone, search }: Pick<RowProps, 'trace' | 'zone' | 'search'>): ReactElement {
  const { day, time } = formatStart(trace.timestamp, zone)
  return (
    <Link
      to={TRACE_ROUTE}
      params={{ id: trace.id }}
      search={{ ...search, at: String(trace.timestamp) }}
      className={classes['start']}
      title={formatWhole(trace.timestamp, zone)}
      preload={false}
      resetScroll={false}
    >
      <span className={classes['day']}>{day}</span> {time}
    </Link>
  )
}

function Cell({
  column,
  trace,
  slowestMs,
}: {
  column: Column
  trace: TraceSummary
  slowestMs: number
}): ReactElement {
  if (column.key === 'status')
    return (
      <span role="cell">
        <StatusMark status={trace.status} errorType={trace.error_type} />
      </span>
    )
  const text = column.text(trace)
  if (column.key === 'latency')
    return (
      <span role="cell" className={classes['latency']}>
        <span
          className={classes['bar']}
          style={{ transform: `scaleX(${Math.min(1, trace.total_latency_ms / slowestMs)})` }}
        />
        <span>{text}</span>
      </span>
    )
  const isEmptyRetrieval = column.key === 'docs' && trace.retrieval_count === 0
  return (
    <span
      role="cell"
      data-number={column.isNumber}
      data-unknown={text === UNKNOWN || undefined}
      data-alarm={isEmptyRetrieval || column.key === 'error' || undefined}
      title={isEmptyRetrieval ? 'Empty retrieval: no document was found' : text}
    >
      {text}
    </span>
  )
}

/** On a telephone: two lines with what matters most. */
export const NarrowRow = memo(function NarrowRow(props: RowProps): ReactElement {
  const { trace, index, start, isCurrent } = props
  const facts = [
    trace.operation ?? trace.service,
    trace.org,
    trace.model ?? undefined,
    trace.error_type,
  ].filter((fact) => fact !== undefined)
  return (
    <div
      className={classes['narrow']}
      role="row"
      aria-rowindex={index + 1}
      data-current={isCurrent || undefined}
      data-status={trace.status}
      style={{ transform: `translateY(${start}px)` }}
    >
      <span className={classes['line']} role="cell">
        <Start {...props} />
        <StatusMark status={trace.status} />
        <b>{formatValue(trace.total_latency_ms / 1000, 'seconds')}</b>
      </span>
      <span className={classes['line']} role="cell">
        <span className={classes['facts']}>{facts.join(' · ')}</span>
        {trace.retrieval_count !== null && (
          <span className={classes['quiet']} data-alarm={trace.retrieval_count === 0 || undefined}>
            {`${trace.retrieval_count} ${trace.retrieval_count === 1 ? 'doc' : 'docs'}`}
          </span>
        )}
      </span>
    </div>
  )
})
