/** What to do, and what was before. */
import { Anchor, Group, Paper, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import type { Transition } from '../../../api/alerts.ts'
import type { Rule } from '../alert-queries.ts'
import { TransitionTable } from '../history-tab.tsx'
import classes from './detail.module.css'
import { RunbookText } from './runbook-text.tsx'

const TRANSITIONS_SHOWN = 30

export function RunbookPanel({ rule }: { rule: Rule | undefined }): ReactElement | null {
  if (rule === undefined) return null
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="Runbook">
      <Group justify="space-between">
        <Title order={2} fz="sm">
          Runbook
        </Title>
        <Anchor href={rule.runbook_url} target="_blank" rel="noreferrer" size="xs">
          {`${rule.runbook}.md`}
        </Anchor>
      </Group>
      <RunbookText name={rule.runbook} />
    </Paper>
  )
}

export function PastPanel({ transitions }: { transitions: readonly Transition[] }): ReactElement | null {
  if (transitions.length === 0) return null
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="History of this alert">
      <Title order={2} fz="sm" mb={4}>
        Before
      </Title>
      <TransitionTable transitions={transitions.slice(0, TRANSITIONS_SHOWN)} isOfOne />
      {transitions.length > TRANSITIONS_SHOWN && (
        <Text size="xs" c="dimmed">{`${transitions.length - TRANSITIONS_SHOWN} more in History.`}</Text>
      )}
    </Paper>
  )
}
