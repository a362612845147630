/** What was promised, what is left of it, and how fast that is spent. */
import { Paper, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { CodeBlock } from '../../components/code-block.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Waiting } from '../../components/waiting.tsx'
import { useSharedState } from '../../lib/url-state.ts'
import { slosQuery } from './slo-queries.ts'
import { SloFigures } from './slo-figures.tsx'
import { SloTable } from './slo-table.tsx'
import classes from './slos.module.css'

/** Rows of the table; the worst come first. */
const ROWS_MAX = 100

const EXAMPLE = `slos:
  - name: availability
    description: Valid requests succeed.
    target: 0.995
    windowDays: 30
    total: { metric: rag_requests_total }
    bad: { metric: rag_requests_total, where: { status: { in: [error, timeout] } } }`

export function SlosPage(): ReactElement {
  const slos = useQuery(slosQuery)
  const { service } = useSharedState()
  const shown = slos.data
    ?.filter((slo) => service === undefined || slo.service === service)
    .toSorted((left, right) => left.error_budget_remaining - right.error_budget_remaining)
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <Title order={1}>SLOs</Title>
      </VisuallyHidden>
      <SloFigures slos={shown} />
      <Paper component="section" className={classes['card'] ?? ''} aria-label="Objectives">
        <Title order={2} fz="sm" mb={4}>
          {'Objectives '}
          <Text span size="xs" c="dimmed" fw={400}>
            the least budget first; a budget is what may fail within the window
          </Text>
        </Title>
        {shown === undefined ? (
          <Waiting asked={slos} height={200} />
        ) : shown.length === 0 ? (
          <NoSlos isFiltered={service !== undefined && (slos.data?.length ?? 0) > 0} />
        ) : (
          <SloTable slos={shown.slice(0, ROWS_MAX)} />
        )}
        {shown !== undefined && shown.length > ROWS_MAX && (
          <Text
            size="xs"
            c="dimmed"
          >{`${shown.length - ROWS_MAX} with more budget are not listed: choose a service.`}</Text>
        )}
      </Paper>
    </Stack>
  )
}

function NoSlos({ isFiltered }: { isFiltered: boolean }): ReactElement {
  if (isFiltered) {
    return (
      <EmptyState title="No events of this service in the window" height={140}>
        Choose another service.
      </EmptyState>
    )
  }
  return (
    <Stack gap="xs">
      <EmptyState title="No events in the window yet" height={120}>
        Every service is held to the objectives of ragmeter.yaml as soon as it has requests. Without any there
        are four: availability, latency, retrieval and faithfulness.
      </EmptyState>
      <CodeBlock code={EXAMPLE} label="An objective in ragmeter.yaml" />
    </Stack>
  )
}
