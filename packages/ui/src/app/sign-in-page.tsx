/** Asks for the token of the daemon, once; what it gives back is a cookie that scripts cannot read. */
import { Button, Center, Code, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { ReactElement, ReactNode, SubmitEvent } from 'react'
import { ApiError, describeError } from '../api/api-error.ts'
import { api, dataOf } from '../api/client.ts'
import { MarkedText } from '../components/marked-text.tsx'
import { useDocumentTitle } from '../lib/document-title.tsx'

export function SignInPage(): ReactElement {
  const { error, isBusy, submit } = useSignIn()
  useDocumentTitle('Sign in')
  const [token, setToken] = useState('')
  const field = useRef<HTMLInputElement>(null)
  // The only thing to do on this page.
  useEffect(() => field.current?.focus(), [])
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
              ref={field}
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

/** The daemon's own hint is for programs. */
function wordsOf(failure: unknown): ReactNode {
  if (failure instanceof ApiError && failure.status === 401) {
    return (
      <>
        This token is not the one of the daemon, which was started with it as <Code>--token</Code> or{' '}
        <Code>RAGMETER_TOKEN</Code>.
      </>
    )
  }
  const { title, hint } = describeError(failure)
  return <MarkedText>{`${title}. ${hint}`}</MarkedText>
}

function useSignIn(): { error: ReactNode; isBusy: boolean; submit: (token: string) => void } {
  const [error, setError] = useState<ReactNode>()
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
      setError(wordsOf(failure))
    } finally {
      setBusy(false)
    }
  }
  return { error, isBusy, submit: (token) => void signIn(token) }
}
