/** Dragging over a chart makes what lies between the range of the page. */
import { useCallback, useRef, useState } from 'react'
import type { PointerEvent, RefObject } from 'react'
import { absoluteRange } from '../../lib/time-range.ts'
import { useSetSearch } from '../../lib/url-state.ts'
import type { EChart } from './echarts.ts'

/** Less is a click with an unsteady hand. */
const PIXELS_MIN = 6

interface Selection {
  left: number
  width: number
}

interface DragZoom {
  /** Whether the pointer is over the chart. */
  isHovered: RefObject<boolean>
  selection: Selection | undefined
  handlers: Record<
    | 'onPointerDown'
    | 'onPointerMove'
    | 'onPointerUp'
    | 'onPointerCancel'
    | 'onPointerEnter'
    | 'onPointerLeave',
    (event: PointerEvent<HTMLDivElement>) => void
  >
}

/** Epoch milliseconds. */
export type ZoomHandler = (from: number, to: number) => void

export function useDragZoom(chart: RefObject<EChart | undefined>, onZoom?: ZoomHandler): DragZoom {
  const isHovered = useRef(false)
  const [start, setStart] = useState<number>()
  const [end, setEnd] = useState<number>()
  const setSearch = useSetSearch()
  const forget = () => {
    setStart(undefined)
    setEnd(undefined)
  }
  const finish = useCallback(
    (from: number, to: number) => {
      const momentAt = (x: number) => Number(chart.current?.convertFromPixel({ xAxisIndex: 0 }, x))
      const [first, last] = [momentAt(Math.min(from, to)), momentAt(Math.max(from, to))]
      if (!Number.isFinite(first) || !Number.isFinite(last)) return
      if (onZoom === undefined) setSearch(absoluteRange(first, last))
      else onZoom(first, last)
    },
    [chart, onZoom, setSearch],
  )
  const isDragged = start !== undefined && end !== undefined && Math.abs(end - start) >= PIXELS_MIN
  return {
    isHovered,
    selection: isDragged ? { left: Math.min(start, end), width: Math.abs(end - start) } : undefined,
    handlers: {
      onPointerEnter: () => (isHovered.current = true),
      onPointerLeave: () => (isHovered.current = false),
      onPointerDown: (event) => {
        // Fingers scroll the page.
        if (event.button !== 0 || event.pointerType === 'touch') return
        event.currentTarget.setPointerCapture(event.pointerId)
        setStart(offsetOf(event))
      },
      onPointerMove: (event) => {
        if (start !== undefined) setEnd(offsetOf(event))
      },
      onPointerUp: () => {
        if (isDragged) finish(start, end)
        forget()
      },
      onPointerCancel: forget,
    },
  }
}

function offsetOf(event: PointerEvent<HTMLDivElement>): number {
  return event.clientX - event.currentTarget.getBoundingClientRect().left
}
