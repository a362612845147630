/** Says that the range of the address cannot be read, and what is shown instead. */
import { Alert, Button, Group } from '@mantine/core'
import { IconCalendarOff } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useClock } from '../lib/clock.tsx'
import { isRangeText } from '../lib/time-range.ts'
import { useSetSearch, useSharedState } from '../lib/url-state.ts'

export function RangeNotice(): ReactElement | null {
  const { from, to } = useSharedState()
  const { now } = useClock()
  const setSearch = useSetSearch()
  if (isRangeText(from, to, now)) return null
  return (
    <Alert
      color="orange"
      variant="light"
      mb="md"
      icon={<IconCalendarOff size={18} />}
      title="The address names no range that can be shown"
      role="alert"
    >
      <Group justify="space-between">
        {`From “${from.slice(0, 40)}” to “${to.slice(0, 40)}”: what you see are the last 24 hours. A range has 5 minutes at least and two years at most.`}
        <Button variant="default" onClick={() => setSearch({ from: undefined, to: undefined })}>
          Keep the last 24 hours
        </Button>
      </Group>
    </Alert>
  )
}
