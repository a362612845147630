/** What happened, what to do, and a button that tries again. */
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { describeError } from '../api/api-error.ts'
import { MarkedText } from './marked-text.tsx'

export interface ErrorStateProps {
  error: unknown
  onRetry: () => void
}

export function ErrorState({ error, onRetry }: ErrorStateProps): ReactElement {
  const { title, hint } = describeError(error)
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={title} role="alert">
      <Group justify="space-between" align="end">
        <Text size="sm">
          <MarkedText>{hint}</MarkedText>
        </Text>
        <Button variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
          Try again
        </Button>
      </Group>
    </Alert>
  )
}
