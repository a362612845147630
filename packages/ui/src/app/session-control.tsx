/** Signing out, where the daemon has a token; and its version. */
import { Button, Text } from '@mantine/core'
import { IconLogout } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { api, dataOf } from '../api/client.ts'
import { healthQuery } from '../api/queries.ts'

export function SessionControl(): ReactElement {
  const { data: session } = useQuery({
    queryKey: ['session'],
    queryFn: () => dataOf(api.GET('/api/v1/session')),
    staleTime: Infinity,
  })
  const { data: health } = useQuery(healthQuery)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const signOut = async () => {
    await dataOf(api.DELETE('/api/v1/session'))
    await navigate({ to: '/sign-in' })
    queries.clear()
  }
  return (
    <>
      {session?.token_required === true && (
        <Button
          variant="subtle"
          color="gray"
          justify="flex-start"
          leftSection={<IconLogout size={16} />}
          onClick={() => void signOut()}
        >
          Sign out
        </Button>
      )}
      {health !== undefined && 'version' in health && (
        <Text size="xs" c="dimmed" px={10} py={4}>
          {`Version ${health.version}`}
        </Text>
      )}
    </>
  )
}
