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

/** @param errorType says more than the status, and is shown in its place */
export function StatusMark({
  status,
  errorType,
}: {
  status: string
  errorType?: string | undefined
}): ReactElement {
  const Icon = ICONS[status] ?? IconCircleX
  return (
    <span
      className={classes['mark']}
      data-status={status}
      title={errorType === undefined ? status : `${status}: ${errorType}`}
    >
      <Icon
        size={14}
        stroke={2}
        aria-label={errorType === undefined ? undefined : status}
        aria-hidden={errorType === undefined}
      />
      {errorType ?? status}
    </span>
  )
}
