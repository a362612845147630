/** Nothing to show, and what to do about it. */
import { Center, Stack, Text, Title } from '@mantine/core'
import type { ReactElement, ReactNode } from 'react'

export interface EmptyStateProps {
  title: string
  children?: ReactNode
  action?: ReactNode
  /** Height it takes at least, in pixels. */
  height?: number
}

export function EmptyState({ title, children, action, height = 240 }: EmptyStateProps): ReactElement {
  return (
    <Center mih={height} p="md">
      <Stack align="center" gap={6} maw={440} ta="center">
        <Title order={2} fz="sm">
          {title}
        </Title>
        {children !== undefined && (
          <Text size="sm" c="dimmed" component="div">
            {children}
          </Text>
        )}
        {action}
      </Stack>
    </Center>
  )
}
