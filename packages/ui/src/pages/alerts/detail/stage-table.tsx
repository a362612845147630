/** How each stage did while the alert was active, beside how it did before; the guilty one first. */
import { Badge, Paper, Table, Text, Title } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatValue } from '../../../lib/format.ts'
import type { Evidence } from '../alert-queries.ts'
import classes from './detail.module.css'

/** Less is as it was. */
const WORSE = 1.2

export function StageTable({ stages }: { stages: Evidence['stages'] }): ReactElement {
  return (
    <Paper component="section" className={classes['card'] ?? ''} aria-label="Stages">
      <Title order={2} fz="sm" mb={4}>
        Stages
      </Title>
      {stages.length === 0 ? (
        <Text size="sm" c="dimmed">
          No stage was measured in this time.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={460} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing={4} horizontalSpacing="sm" aria-label="Stages">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Stage</Table.Th>
                <Table.Th className={classes['number'] ?? ''}>p95 now</Table.Th>
                <Table.Th className={classes['number'] ?? ''}>p95 before</Table.Th>
                <Table.Th className={classes['number'] ?? ''}>Errors now</Table.Th>
                <Table.Th className={classes['number'] ?? ''}>Errors before</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {stages.map((stage) => (
                <StageRow key={stage.stage} stage={stage} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  )
}

function StageRow({ stage }: { stage: Evidence['stages'][number] }): ReactElement {
  const { p95_seconds: now, p95_seconds_before: before, errors, errors_before: errorsBefore } = stage
  const isSlower = now !== null && before !== null && now > before * WORSE
  return (
    <Table.Tr data-stage={stage.stage}>
      <Table.Th scope="row" fw={stage.is_suspect ? 600 : 400}>
        {stage.stage === '' ? 'not stated' : stage.stage.replaceAll('_', ' ')}
        {stage.is_suspect && (
          <Badge size="xs" variant="light" color="orange" tt="none" ml={6}>
            suspect
          </Badge>
        )}
      </Table.Th>
      <Table.Td className={classes['number'] ?? ''} data-worse={isSlower || undefined}>
        {formatValue(now, 'seconds')}
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''}>{formatValue(before, 'seconds')}</Table.Td>
      <Table.Td
        className={classes['number'] ?? ''}
        data-worse={errors > errorsBefore * WORSE && errors > 0 ? true : undefined}
      >
        {formatValue(errors, 'count')}
      </Table.Td>
      <Table.Td className={classes['number'] ?? ''} title="In as long a time">
        {formatValue(errorsBefore, 'number')}
      </Table.Td>
    </Table.Tr>
  )
}
