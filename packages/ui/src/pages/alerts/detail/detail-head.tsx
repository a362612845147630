/** What the alert is, how bad, how far beyond its threshold, since when; and what one can do about it. */
import { Anchor, Button, CopyButton, Group, Paper, Text, Title } from '@mantine/core'
import { IconBellOff, IconCheck, IconLink } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { alertsQuery } from '../../../api/alerts.ts'
import type { Alert, Transition } from '../../../api/alerts.ts'
import { PageLink } from '../../../components/page-link.tsx'
import { useClock } from '../../../lib/clock.tsx'
import { formatMoment, zoneName } from '../../../lib/format-time.ts'
import { useSetSearch, useSharedState } from '../../../lib/url-state.ts'
import { silencesQuery } from '../alert-queries.ts'
import type { Rule } from '../alert-queries.ts'
import { AlertReading, sinceWords } from '../alert-row.tsx'
import { thresholdWords } from '../alert-words.ts'
import styles from '../alerts.module.css'
import { SeverityBadge } from '../severity-badge.tsx'
import { Subject } from '../subject.tsx'
import classes from './detail.module.css'

const TONES = { firing: 'bad', pending: 'warn', resolved: 'good' } as const

export interface DetailHeadProps {
  /** undefined when it is quiet. */
  alert: Alert | undefined
  name: string
  rule: Rule | undefined
  labels: Readonly<Record<string, string>>
  last: Transition | undefined
}

export function DetailHead({ alert, name, rule, labels, last }: DetailHeadProps): ReactElement {
  const { now } = useClock()
  const { zone } = useSharedState()
  const severity = alert?.severity ?? rule?.severity
  const state = alert?.state
  return (
    <Paper component="section" className={classes['head'] ?? ''} aria-label="Alert">
      <div>
        <Group gap={8}>
          {severity !== undefined && <SeverityBadge severity={severity} />}
          <span className={styles['state']} data-tone={state === undefined ? undefined : TONES[state]}>
            {state ?? 'quiet'}
          </span>
          <Title order={2} fz="lg" className={styles['text'] ?? ''}>
            {name}
          </Title>
        </Group>
        <Text size="sm" mt={6} className={styles['description'] ?? ''}>
          {alert?.description ?? rule?.summary ?? ''}
        </Text>
        <Group gap={6} mt={6}>
          <Subject labels={labels} />
        </Group>
        <Text size="xs" c="dimmed" mt={6}>
          {alert !== undefined
            ? sinceWords(alert, now, zone)
            : last === undefined
              ? ''
              : `Last change: ${last.to} on ${formatMoment(last.at, zone)} ${zoneName(zone)}`}
        </Text>
        {alert !== undefined && <Told alert={alert} />}
        <Actions alert={alert} />
      </div>
      {alert !== undefined ? (
        <AlertReading alert={alert} rule={rule} />
      ) : (
        <Text size="sm" c="dimmed">
          {rule === undefined ? '' : `fires ${thresholdWords(rule) ?? ''}`}
        </Text>
      )}
    </Paper>
  )
}

/** Why nobody is told, if so. */
function Told({ alert }: { alert: Alert }): ReactElement | null {
  const { silenced_by: ids, inhibited_by: worse } = alert
  const { zone } = useSharedState()
  const { data: silences } = useQuery(silencesQuery)
  const { data: alerts } = useQuery(alertsQuery)
  const silence = silences?.find(({ id }) => ids.includes(id))
  const inhibitor = alerts?.alerts.find(({ id }) => id === worse)
  if (ids.length === 0 && worse === null) return null
  return (
    <Text size="sm" mt={6} className={styles['text'] ?? ''}>
      {silence !== undefined &&
        `Silenced by ${silence.author} until ${formatMoment(silence.ends_at, zone)} ${zoneName(zone)}: ${silence.comment} `}
      {worse !== null && (
        <>
          {'Nobody is told of this one: '}
          <PageLink to={`/alerts/${worse}`} inherit>
            {inhibitor?.name ?? 'a worse alert'}
          </PageLink>
          {' is worse and about the same.'}
        </>
      )}
    </Text>
  )
}

function Actions({ alert }: { alert: Alert | undefined }): ReactElement {
  const setSearch = useSetSearch()
  return (
    <Group gap={8} mt={10}>
      {alert !== undefined && alert.state !== 'resolved' && (
        <Button
          variant="default"
          leftSection={<IconBellOff size={14} />}
          onClick={() => setSearch({ silence: alert.id })}
        >
          Silence
        </Button>
      )}
      <CopyButton value={window.location.href}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            leftSection={copied ? <IconCheck size={14} /> : <IconLink size={14} />}
            onClick={copy}
          >
            {copied ? 'Copied' : 'Copy link'}
          </Button>
        )}
      </CopyButton>
      {alert !== undefined && alert.dashboard_url !== '' && (
        <Anchor href={alert.dashboard_url} target="_blank" rel="noreferrer" size="sm">
          Dashboard in Grafana
        </Anchor>
      )}
    </Group>
  )
}
