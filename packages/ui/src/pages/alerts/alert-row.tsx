/** One active alert: what, how bad, how far from its threshold, since when, and whether somebody is told. */
import { Button, Paper, Text } from '@mantine/core'
import { IconBellOff } from '@tabler/icons-react'
import type { ReactElement } from 'react'
import type { Alert } from '../../api/alerts.ts'
import { PageLink } from '../../components/page-link.tsx'
import { formatAgo } from '../../lib/format-ago.ts'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import type { Zone } from '../../lib/format-time.ts'
import { useSetSearch } from '../../lib/url-state.ts'
import type { Rule } from './alert-queries.ts'
import { alertValue, pastValue, thresholdWords } from './alert-words.ts'
import classes from './alerts.module.css'
import { SeverityBadge } from './severity-badge.tsx'
import { Subject } from './subject.tsx'
import { ThresholdMeter } from './threshold-meter.tsx'

export interface AlertRowProps {
  alert: Alert
  rule: Rule | undefined
  /** Of the alert that keeps this one from notifying. */
  inhibitor: Alert | undefined
  now: number
  zone: Zone
}

export function AlertRow({ alert, rule, inhibitor, now, zone }: AlertRowProps): ReactElement {
  const setSearch = useSetSearch()
  const { id, name, severity, state, labels, description } = alert
  return (
    <Paper
      component="li"
      className={classes['alert'] ?? ''}
      data-alert={name}
      data-state={state}
      data-severity={severity}
    >
      <div className={classes['main']}>
        <div className={classes['head']}>
          <SeverityBadge severity={severity} />
          <PageLink to={`/alerts/${id}`} className={classes['name'] ?? ''}>
            {name}
          </PageLink>
          <Subject labels={labels} />
        </div>
        <Text size="sm" mt={4} className={classes['description'] ?? ''}>
          {description}
        </Text>
        <Text size="xs" c="dimmed" mt={2} className={classes['text'] ?? ''}>
          {sinceWords(alert, now, zone)}
          {toldWords(alert, inhibitor).map((words) => ` · ${words}`)}
        </Text>
      </div>
      <AlertReading alert={alert} rule={rule} />
      <div className={classes['actions']}>
        {state !== 'resolved' && (
          <Button
            variant="default"
            leftSection={<IconBellOff size={14} />}
            onClick={() => setSearch({ silence: id })}
            aria-label={`Silence ${name}`}
          >
            Silence
          </Button>
        )}
      </div>
    </Paper>
  )
}

export function AlertReading({ alert, rule }: Pick<AlertRowProps, 'alert' | 'rule'>): ReactElement {
  const { value, value_format: format, state } = alert
  const threshold = rule?.threshold ?? null
  const words = rule === undefined ? undefined : thresholdWords(rule)
  const isOver = state === 'resolved'
  return (
    <div>
      <div className={classes['value']} data-beyond={!isOver || undefined}>
        {pastValue(alertValue(value, format), isOver)}
      </div>
      {threshold !== null && !isOver && <ThresholdMeter value={value} threshold={threshold} isBeyond />}
      <Text size="xs" c="dimmed">
        {words === undefined ? '\u00A0' : `fires ${words}`}
      </Text>
    </div>
  )
}

export function sinceWords(alert: Alert, now: number, zone: Zone): string {
  const { state, active_at: activeAt, fired_at: firedAt, resolved_at: resolvedAt } = alert
  const at = state === 'resolved' ? resolvedAt : state === 'firing' ? firedAt : activeAt
  const moment = at ?? activeAt
  const verb = state === 'resolved' ? 'resolved' : state === 'firing' ? 'fires since' : 'holds since'
  const ago = formatAgo(moment, now)
  return `${verb} ${formatMoment(moment, zone)} ${zoneName(zone)} (${ago})`
}

function toldWords(
  { silenced_by: silences, inhibited_by: worse }: Alert,
  inhibitor: Alert | undefined,
): string[] {
  return [
    ...(silences.length === 0 ? [] : ['silenced: nobody is told']),
    ...(worse === null
      ? []
      : [`told through ${inhibitor?.name ?? 'a worse alert'}, which is worse and about the same`]),
  ]
}
