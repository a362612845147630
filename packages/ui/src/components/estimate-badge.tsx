/** Says that a number is from kept traces, not from all requests. */
import { Badge } from '@mantine/core'
import type { ReactElement } from 'react'

export function EstimateBadge(): ReactElement {
  return (
    <Badge size="xs" variant="light" color="gray">
      estimate
    </Badge>
  )
}
