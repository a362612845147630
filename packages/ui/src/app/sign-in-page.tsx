/** Asks for the token of the daemon, once; what it gives back is a cookie that scripts cannot read. */
import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { ReactElement, SubmitEvent } from 'react'
import { describeError } from '../api/api-error.ts'
import { api, dataOf } from '../api/client.ts'

export function SignInPage(): ReactElement {
  const { error, isBusy, submit } = useSignIn()
  const [token, setToken] = useState('')
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault()
    submit(token)
  }
  return (
    <Center component="main" mih="100vh" p="md">
      <Paper p="xl" w="100%" maw={380}>
        <form onSubmit={onSubmit}>
          <Stack gap="md">
            <div>
              <Title order={1} fz="xl">
                Sign in to ragmeter
              </Title>
              <Text size="sm" c="dimmed" mt={4}>
                With the token the daemon was started with.
              </Text>
            </div>
            <PasswordInput
              label="Token"
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              error={error}
              autoComplete="current-password"
              maxLength={1024}
              required
              data-autofocus
            />
            <Button type="submit" size="sm" loading={isBusy} disabled={token === ''}>
              Sign in
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}

function useSignIn(): { error: string | undefined; isBusy: boolean; submit: (token: string) => void } {
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const { back } = useSearch({ strict: false }) as { back?: string }
  const signIn = async (token: string) => {
    setBusy(true)
    setError(undefined)
    try {
      await dataOf(api.POST('/api/v1/session', { body: { token } }))
      queryClient.clear()
      // Only addresses of this application: never another host.
      const isOurs = back !== undefined && /^\/(?![/\\])/.test(back)
      await navigate({ href: isOurs ? back : '/', replace: true })
    } catch (failure) {
      const { title, hint } = describeError(failure)
      setError(`${title}. ${hint}`)
    } finally {
      setBusy(false)
    }
  }
  return { error, isBusy, submit: (token) => void signIn(token) }
}
