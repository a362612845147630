/** The first page one sees: how to send a trace, and whether one has arrived. */
import { Paper, Stack, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { CodeBlock } from '../../components/code-block.tsx'
import { usePageState } from '../../lib/url-state.ts'
import { Arrival } from './arrival.tsx'
import { snippetsFor } from './snippets.ts'

const FORMS = ['callback', 'manual', 'http', 'prometheus'] as const

export function SetupPage(): ReactElement {
  const [form, setForm] = usePageState('form', FORMS, 'callback')
  const { data: session } = useQuery({
    queryKey: ['session'],
    queryFn: () => dataOf(api.GET('/api/v1/session')),
    staleTime: Infinity,
  })
  const snippets = snippetsFor(window.location.origin, session?.token_required ?? false)
  return (
    <Stack gap="md" maw={920} mx="auto" py="md">
      <div>
        <Title order={1} fz="xl">
          Send your first trace
        </Title>
        <Text c="dimmed" size="sm" mt={4}>
          ragmeter measures every request of your application and keeps a sample of them as traces. Text of
          questions and answers stays in the application unless you ask for it.
        </Text>
      </div>
      <Arrival />
      <Paper p="md">
        <Tabs value={form} onChange={(value) => setForm(FORMS.find((name) => name === value) ?? 'callback')}>
          <Tabs.List mb="sm" aria-label="Ways to send">
            {snippets.map(({ value, label }) => (
              <Tabs.Tab key={value} value={value}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {snippets.map(({ value, label, intro, code }) => (
            <Tabs.Panel key={value} value={value}>
              <Text size="sm" mb="sm">
                {intro}
              </Text>
              <CodeBlock code={code} label={label} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Paper>
    </Stack>
  )
}
