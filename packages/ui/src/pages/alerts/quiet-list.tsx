/** Alerts that are quiet, by family: what they look at, and how far that is from their threshold. */
import { Anchor, Paper, Table, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import type { Alert } from '../../api/alerts.ts'
import { useClock } from '../../lib/clock.tsx'
import { formatMoment, zoneName } from '../../lib/format-time.ts'
import { useSetSearch, useSharedState } from '../../lib/url-state.ts'
import type { Rule } from './alert-queries.ts'
import { alertValue, familyName, heldBackWords, thresholdWords } from './alert-words.ts'
import classes from './alerts.module.css'
import { isOfService } from './rule-of.ts'
import { SeverityBadge } from './severity-badge.tsx'
import { Subject } from './subject.tsx'
import { ThresholdMeter } from './threshold-meter.tsx'

export interface QuietListProps {
  rules: readonly Rule[]
  active: readonly Alert[]
}

export function QuietList({ rules, active }: QuietListProps): ReactElement {
  const { now } = useClock()
  const { zone } = useSharedState()
  const busy = new Set(active.filter(({ state }) => state !== 'resolved').map(({ name }) => name))
  const quiet = rules.filter(({ name }) => !busy.has(name))
  const families = grouped(quiet)
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="Quiet">
      <Title order={2} fz="sm">
        {'Quiet '}
        <Text span size="xs" c="dimmed" fw={400}>
          {`${quiet.length} · by family, as of ${formatMoment(now, zone)} ${zoneName(zone)}; the value nearest to its threshold, or beyond it and held back`}
        </Text>
      </Title>
      <Table.ScrollContainer minWidth={760} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table verticalSpacing={4} horizontalSpacing="sm" layout="fixed" aria-label="Quiet alerts">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="38%">Alert</Table.Th>
              <Table.Th w={90}>Severity</Table.Th>
              <Table.Th w={150}>Now</Table.Th>
              <Table.Th w={150}>Fires</Table.Th>
              <Table.Th>Of</Table.Th>
            </Table.Tr>
          </Table.Thead>
          {Array.from(families, ([family, members]) => (
            <Table.Tbody key={family}>
              <Table.Tr>
                <Table.Th colSpan={5} scope="rowgroup" fz="xs" c="dimmed" pt={12}>
                  {familyName(family)}
                </Table.Th>
              </Table.Tr>
              {members.map((rule) => (
                <QuietRow key={rule.name} rule={rule} />
              ))}
            </Table.Tbody>
          ))}
        </Table>
      </Table.ScrollContainer>
    </Paper>
  )
}

function grouped(rules: readonly Rule[]): Map<string, Rule[]> {
  const families = new Map<string, Rule[]>()
  for (const rule of rules) families.set(rule.family, [...(families.get(rule.family) ?? []), rule])
  return families
}

function QuietRow({ rule }: { rule: Rule }): ReactElement {
  const { service } = useSharedState()
  const { name, summary, severity, value_format: format, threshold, runbook } = rule
  const setSearch = useSetSearch()
  const worst = rule.samples.find(({ labels }) => isOfService(labels, service))
  const words = thresholdWords(rule)
  return (
    <Table.Tr data-rule={name}>
      <Table.Th scope="row" fw={400}>
        <Anchor
          component="button"
          type="button"
          size="sm"
          title="What it means and what to do"
          onClick={() => setSearch({ runbook })}
        >
          {name}
        </Anchor>
        <Text size="xs" c="dimmed" truncate title={summary}>
          {summary}
        </Text>
      </Table.Th>
      <Table.Td>
        <SeverityBadge severity={severity} />
      </Table.Td>
      {words === undefined ? (
        <Table.Td colSpan={3}>
          <Text size="xs" c="dimmed">
            {rule.not_evaluated}
          </Text>
        </Table.Td>
      ) : (
        <>
          <Table.Td>
            {worst === undefined ? (
              <Text size="xs" c="dimmed">
                no data
              </Text>
            ) : (
              <>
                <Text size="sm">{alertValue(worst.value, format)}</Text>
                {threshold !== null && (
                  <ThresholdMeter value={worst.value} threshold={threshold} isBeyond={false} />
                )}
              </>
            )}
          </Table.Td>
          <Table.Td>
            <Text size="sm">{words}</Text>
            <Text size="xs" c="dimmed">
              {rule.for_minutes === 0 ? 'at once' : `after ${rule.for_minutes} min`}
            </Text>
          </Table.Td>
          <Table.Td>
            {worst !== undefined && <Subject labels={worst.labels} />}
            {rule.sample_count > 1 && <Text size="xs" c="dimmed">{`and ${rule.sample_count - 1} more`}</Text>}
            {worst !== undefined && worst.held_back !== null && (
              <Text size="xs" c="dimmed" className={classes['text'] ?? ''}>
                {heldBackWords(worst.held_back)}
              </Text>
            )}
          </Table.Td>
        </>
      )}
    </Table.Tr>
  )
}
