/** The numbers of a chart as a table: for screen readers, for copying, for doubt. */
import { ScrollArea, Table } from '@mantine/core'
import type { ReactElement } from 'react'
import { formatValue, UNIT_NAMES } from '../../lib/format.ts'
import { formatDay, formatMoment, zoneName } from '../../lib/format-time.ts'
import { useSharedState } from '../../lib/url-state.ts'
import type { ChartLine, ChartModel } from './model.ts'

export interface ChartTableProps {
  model: ChartModel
  title: string
  height: number
}

export function ChartTable({ model, title, height }: ChartTableProps): ReactElement {
  const { zone } = useSharedState()
  const lines = model.kind === 'heat' ? heatLines(model) : model.lines
  return (
    <ScrollArea h={height} type="auto" viewportProps={{ tabIndex: 0 }}>
      <Table stickyHeader fz="xs" verticalSpacing={4} aria-label={`${title}, ${UNIT_NAMES[model.unit]}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">
              {model.isCalendar === true ? 'First day (UTC)' : `Start (${zoneName(zone)})`}
            </Table.Th>
            {lines.map(({ name }) => (
              <Table.Th key={name} scope="col" ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {model.steps.map((at, index) => (
            <Table.Tr key={at}>
              <Table.Th scope="row" fw={400}>
                {model.isCalendar === true ? formatDay(at) : formatMoment(at, zone)}
              </Table.Th>
              {lines.map(({ name, values, unit }) => (
                <Table.Td key={name} ta="right">
                  {formatValue(values[index], unit ?? model.unit)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}

function heatLines({ heat, unit }: ChartModel): ChartLine[] {
  return (heat?.bounds ?? []).map((bound, row) => ({
    name: bound === null ? 'more' : `≤ ${formatValue(bound, unit)}`,
    values: (heat?.columns ?? []).map((column) => column?.[row] ?? null),
    unit: 'count',
  }))
}
