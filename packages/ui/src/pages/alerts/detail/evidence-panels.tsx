/** What is known about an active alert, gathered by the daemon. */
import { Paper, SimpleGrid, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import type { Alert } from '../../../api/alerts.ts'
import { Waiting } from '../../../components/waiting.tsx'
import { formatMoment, zoneName } from '../../../lib/format-time.ts'
import { formatValue } from '../../../lib/format.ts'
import { useSharedState } from '../../../lib/url-state.ts'
import { useEvidence } from '../alert-queries.ts'
import type { Evidence } from '../alert-queries.ts'
import classes from './detail.module.css'
import { ShareList } from './share-list.tsx'
import { StageTable } from './stage-table.tsx'
import { WorstTraces } from './worst-traces.tsx'

export function EvidencePanels({ alert }: { alert: Alert }): ReactElement {
  const { data, error, refetch } = useEvidence(alert.id)
  if (data === undefined) {
    return <Waiting asked={{ error, refetch }} height={320} />
  }
  return (
    <>
      <Changes evidence={data} />
      <StageTable stages={data.stages} />
      <WorstTraces evidence={data} alert={alert} />
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="sm">
        <ShareList title="Affected organisations" shares={data.orgs} />
        <ShareList title="Affected models" shares={data.models} />
        <ShareList title="Releases" shares={data.releases} />
      </SimpleGrid>
    </>
  )
}

function Changes({ evidence }: { evidence: Evidence }): ReactElement {
  const { zone } = useSharedState()
  const { changes, stages, traffic } = evidence
  const suspect = stages.find(({ is_suspect: isSuspect }) => isSuspect)
  const { requests_per_second: now, requests_per_second_before: before } = traffic
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="What changed">
      <Title order={2} fz="sm">
        What changed since it was healthy
      </Title>
      <Text size="xs" c="dimmed" mb={6}>
        {`${formatMoment(evidence.from, zone)} – ${formatMoment(evidence.to, zone)} against ${formatMoment(evidence.before_from, zone)} – ${formatMoment(evidence.before_to, zone)} ${zoneName(zone)}`}
      </Text>
      <Text component="ul" size="sm" className={classes['changes'] ?? ''}>
        {suspect !== undefined && (
          <li>
            {'The stage '}
            <span className={classes['suspect']}>{suspect.stage.replaceAll('_', ' ')}</span>
            {' changed the most for the worse.'}
          </li>
        )}
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
        <li>{`Traffic: ${formatValue(now, 'per-second')}, before ${formatValue(before, 'per-second')}.`}</li>
        {changes.length === 0 && <li>No new release and no new model among the kept traces.</li>}
      </Text>
    </Paper>
  )
}
