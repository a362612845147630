/** A name that may have too little room: its end stays, which tells names of one family apart; whole on hover. */
import type { ReactElement } from 'react'
import classes from './long-name.module.css'

/** Of its end. */
const KEPT = 8
/** Shorter ones are cut at the end, if at all. */
const LENGTH_MIN = 20

export function LongName({ name }: { name: string }): ReactElement {
  if (name.length < LENGTH_MIN) {
    return (
      <span className={classes['start']} title={name}>
        {name}
      </span>
    )
  }
  return (
    <span className={classes['name']} title={name}>
      <span className={classes['start']}>{name.slice(0, -KEPT)}</span>
      <span className={classes['end']}>{name.slice(-KEPT)}</span>
    </span>
  )
}
