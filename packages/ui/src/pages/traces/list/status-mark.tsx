/** How a request ended: a word with a mark, told apart without colours too. */
import { IconAlertTriangle, IconBan, IconCircleCheck, IconCircleX, IconClockX } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import classes from './status-mark.module.css'

const ICONS: Readonly<Record<string, TablerIcon>> = {
  success: IconCircleCheck,
  error: IconAlertTriangle,
  timeout: IconClockX,
  rejected: IconBan,
  cancelled: IconCircleX,
}

export function StatusMark({ status }: { status: string }): ReactElement {
  const Icon = ICONS[status] ?? IconCircleX
  return (
    <span className={classes['mark']} data-status={status}>
      <Icon size={14} stroke={2} aria-hidden />
      {status}
    </span>
  )
}
