/** Follow what comes in, every two seconds, for as long as the newest traces are in sight. */
import { Button, Tooltip } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useSearchText, useSetSearch } from '../../lib/url-state.ts'

export function LiveSwitch(): ReactElement {
  const { live } = useSearchText() as { live?: string }
  const setSearch = useSetSearch()
  const isLive = live === '1'
  return (
    <Tooltip
      label={isLive ? 'Stop following' : 'Follow new traces, every 2 seconds; scrolling holds the list still'}
    >
      <Button
        variant={isLive ? 'light' : 'default'}
        aria-pressed={isLive}
        leftSection={isLive ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        // A tail of the past has no end to follow.
        onClick={() => setSearch(isLive ? { live: undefined } : { live: '1', to: undefined })}
      >
        Live
      </Button>
    </Tooltip>
  )
}
