/** Text to copy: a snippet, an id, a command. */
import { ActionIcon, Code, CopyButton, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import classes from './code-block.module.css'

export function CodeBlock({ code, label }: { code: string; label: string }): ReactElement {
  return (
    <div className={classes['frame']}>
      <Code block fz={12.5} className={classes['code']} tabIndex={0} aria-label={label}>
        {code}
      </Code>
      <CopyButton value={code}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy'}>
            <ActionIcon
              className={classes['copy']}
              variant="default"
              aria-label={`Copy: ${label}`}
              onClick={copy}
            >
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  )
}
