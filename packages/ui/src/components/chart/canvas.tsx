/** The drawing itself. Only this file and what it imports load ECharts. */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import type { ReactElement } from 'react'
import { useSharedState } from '../../lib/url-state.ts'
import classes from './canvas.module.css'
import { createChart } from './echarts.ts'
import type { EChart } from './echarts.ts'
import type { ChartModel } from './model.ts'
import { optionOf } from './option.ts'
import { useDragZoom } from './use-drag-zoom.ts'
import type { ZoomHandler } from './use-drag-zoom.ts'

export interface CanvasProps {
  model: ChartModel
  height: number
  /** For those who do not see it. */
  label: string
  /** Instead of making what was dragged over the range of the page. */
  onZoom?: ZoomHandler | undefined
}

export function Canvas({ model, height, label, onZoom }: CanvasProps): ReactElement {
  const holder = useRef<HTMLDivElement>(null)
  const chart = useRef<EChart>(undefined)
  const scheme = useComputedColorScheme('light')
  const shared = useSharedState()
  const zone = model.isCalendar === true ? 'utc' : shared.zone
  const { isHovered, selection, handlers } = useDragZoom(chart, onZoom)

  useEffect(() => {
    const element = holder.current
    if (element === null) return undefined
    const created = createChart(element)
    chart.current = created
    const observer = new ResizeObserver(() => created.resize())
    observer.observe(element)
    return () => {
      observer.disconnect()
      created.dispose()
      chart.current = undefined
    }
  }, [])

  useEffect(() => {
    chart.current?.setOption(optionOf(model, { scheme, zone, isHovered: () => isHovered.current }), {
      notMerge: true,
    })
  }, [model, scheme, zone, isHovered])

  return (
    <div className={classes['frame']} style={{ height }} role="img" aria-label={label} {...handlers}>
      <div ref={holder} className={classes['canvas']} />
      {selection !== undefined && (
        <div className={classes['selection']} style={{ left: selection.left, width: selection.width }} />
      )}
    </div>
  )
}
