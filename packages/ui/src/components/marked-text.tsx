/** A sentence of the daemon: what it has between backticks is code. */
import { Code } from '@mantine/core'
import { Fragment } from 'react'
import type { ReactElement } from 'react'

export function MarkedText({ children }: { children: string }): ReactElement {
  const parts = children.split('`')
  // One that is never closed is a character like others.
  if (parts.length % 2 === 0) return <>{children}</>
  return (
    <>
      {parts.map((part, index) =>
        index % 2 === 1 ? <Code key={index}>{part}</Code> : <Fragment key={index}>{part}</Fragment>,
      )}
    </>
  )
}
