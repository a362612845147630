/** The trace as the daemon answers it. */
import { Button, CopyButton } from '@mantine/core'
import type { ReactElement } from 'react'
import type { Trace } from '../trace-types.ts'
import classes from './detail.module.css'

export function RawJson({ trace }: { trace: Trace }): ReactElement {
  const text = JSON.stringify(trace, null, 2)
  return (
    <>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button variant="default" size="compact-xs" mb={8} onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
      <pre className={classes['json']}>{text}</pre>
    </>
  )
}
