/** Nobody is told of alerts: how to change that. */
import { Stack, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { CodeBlock } from '../../../components/code-block.tsx'

const EXAMPLE = `notifiers:
  - name: on-call
    type: webhook          # or slack, email, alertmanager
    urlEnvironment: ON_CALL_URL
    severities: [critical, warning]`

export function NoNotifier(): ReactElement {
  return (
    <Stack gap="xs">
      <Title order={3} fz="sm">
        Nobody is told of alerts yet
      </Title>
      <Text size="sm" c="dimmed">
        Alerts are evaluated and shown here. Add a notifier to ragmeter.yaml and start the daemon again, and
        it tells you when one fires and when it is over. Secrets come from a variable (urlEnvironment) or a
        file (urlFile).
      </Text>
      <CodeBlock code={EXAMPLE} label="A notifier in ragmeter.yaml" />
    </Stack>
  )
}
