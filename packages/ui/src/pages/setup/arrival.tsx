/** "Waiting for your first trace", until it is there. */
import { Alert, Anchor, Button, Group, Text } from '@mantine/core'
import { IconCircleCheck, IconHourglass } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { describeError } from '../../api/api-error.ts'
import { healthQuery } from '../../api/queries.ts'
import { formatValue } from '../../lib/format.ts'
import { sendTestTrace, TEST_SERVICE } from './test-trace.ts'

/** Someone is waiting in front of it. */
const LOOK_EVERY_MS = 2000

export function Arrival(): ReactElement {
  const { data } = useQuery({ ...healthQuery, refetchInterval: LOOK_EVERY_MS })
  const queries = useQueryClient()
  const test = useMutation({
    mutationFn: () => sendTestTrace(Date.now(), `test-${randomId()}`),
    onSuccess: () => queries.invalidateQueries(),
  })
  const requests = data !== undefined && 'traces_collected' in data ? data.traces_collected : 0
  const stored = data !== undefined && 'traces_collected' in data ? (data.storage?.traces ?? 0) : 0
  // History, simulated or restored, is stored without having been sent.
  const isHistory = requests === 0 && stored > 0
  const isThere = requests > 0 || isHistory
  return (
    <Alert
      color={isThere ? 'teal' : 'blue'}
      variant="light"
      icon={isThere ? <IconCircleCheck size={18} /> : <IconHourglass size={18} />}
      title={
        isHistory
          ? `${formatValue(stored, 'count')} ${stored === 1 ? 'trace is' : 'traces are'} stored; none has been sent yet`
          : isThere
            ? `It works: ${formatValue(requests, 'count')} ${requests === 1 ? 'request' : 'requests'} measured`
            : 'Waiting for your first trace'
      }
      role="status"
    >
      <Group justify="space-between" align="center">
        <Text size="sm">
          {isThere ? (
            <Anchor component={Link} to="/" size="sm" c="inherit" underline="always">
              See them on the overview
            </Anchor>
          ) : (
            'This turns green by itself, a second or two after the first one has arrived.'
          )}
        </Text>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Send a test trace
        </Button>
      </Group>
      {test.isError && (
        <Text size="sm" c="red" mt={8} role="alert">
          {`${describeError(test.error).title}. ${describeError(test.error).hint}`}
        </Text>
      )}
      {test.isSuccess && (
        <Text size="sm" mt={8}>{`Sent as the service ${TEST_SERVICE}; it is on disk.`}</Text>
      )}
    </Alert>
  )
}

/** Not `crypto.randomUUID`: a daemon that is reached by http under a name is no secure context. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
