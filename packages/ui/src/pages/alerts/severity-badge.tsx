/** How bad an alert is: a word in a colour. */
import type { ReactElement } from 'react'
import type { Alert } from '../../api/alerts.ts'
import classes from './alerts.module.css'

export function SeverityBadge({ severity }: { severity: Alert['severity'] }): ReactElement {
  return (
    <span className={classes['severity']} data-severity={severity}>
      {severity}
    </span>
  )
}
