/** What an alert is about: its labels, short. */
import type { ReactElement } from 'react'
import { subjectOf } from './alert-words.ts'
import classes from './alerts.module.css'

export function Subject({ labels }: { labels: Readonly<Record<string, string>> }): ReactElement | null {
  const subject = subjectOf(labels)
  if (subject.length === 0) return null
  return (
    <span className={classes['subject']}>
      {subject.map(([name, value]) => (
        <span key={name} className={classes['label']} title={`${name}: ${value.slice(0, 200)}`}>
          <span className={classes['labelName']}>{name}</span> {value === '' ? 'not stated' : value}
        </span>
      ))}
    </span>
  )
}
