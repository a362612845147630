/** j and k go through the list, Enter opens, Esc closes. */
import { useHotkeys } from '@mantine/hooks'
import { useState } from 'react'
import type { Traces } from './trace-queries.ts'
import type { TraceSummary } from './trace-types.ts'

export interface TraceKeys {
  /** Where the keyboard is while no trace is open. */
  cursorId: string | undefined
  /** undefined at the end of the list, and where the open trace is not in it. */
  next: (() => void) | undefined
  previous: (() => void) | undefined
}

interface Options {
  traces: Traces
  id: string | undefined
  open: (trace: TraceSummary, isReplacing?: boolean) => void
  close: () => void
}

export function useTraceKeys({ traces: { rows, hasMore, fetchMore }, id, open, close }: Options): TraceKeys {
  const [cursorId, setCursorId] = useState<string>()
  const currentId = id ?? cursorId
  const index = currentId === undefined ? -1 : rows.findIndex((trace) => trace.id === currentId)
  const go = (to: number) => {
    const trace = rows[to]
    if (trace === undefined) return
    setCursorId(trace.id)
    if (id !== undefined) open(trace, true)
    if (to >= rows.length - 2 && hasMore) fetchMore()
  }
  const next = index + 1 < rows.length ? () => go(index + 1) : undefined
  const previous = index > 0 ? () => go(index - 1) : undefined
  useHotkeys([
    ['j', () => next?.()],
    ['k', () => previous?.()],
    [
      'Enter',
      () => {
        const trace = rows[index]
        // A button or a link that has the focus does what it does.
        if (trace !== undefined && id === undefined && !isControl(document.activeElement)) open(trace)
      },
      { preventDefault: false },
    ],
    [
      'Escape',
      () => {
        // What lies on top of the panel closes first.
        if (document.querySelector('[role="dialog"]') === null) close()
      },
      { preventDefault: false },
    ],
  ])
  return { cursorId, next, previous }
}

function isControl(element: Element | null): boolean {
  return element !== null && /^(?:A|BUTTON|INPUT|TEXTAREA|SELECT)$/.test(element.tagName)
}
