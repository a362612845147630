/** Which days, by what, and what it is narrowed to. */
import { Group, Pill, Select, Text, TextInput } from '@mantine/core'
import type { ReactElement } from 'react'
import { CsvButton } from '../../components/csv-button.tsx'
import type { SearchChange } from '../../lib/url-state.ts'
import { costFile } from './cost-file.ts'
import { dayOf, PERIOD_NAMES, PERIODS, rangeText } from './cost-period.ts'
import { conflictOf, DIMENSION, filterChange, groupName, TIME_GROUPS, valueText } from './cost-state.ts'
import type { CostState } from './cost-state.ts'
import { EXPORT_ROWS_MAX } from './ledger-queries.ts'

export interface CostToolbarProps {
  state: CostState
  onChange: (change: SearchChange) => void
  /** Groups of the ledger; those of this page until they are known. */
  groups: readonly string[]
  now: number
}

export function CostToolbar(props: CostToolbarProps): ReactElement {
  const { state, onChange, groups, now } = props
  return (
    <Group gap="sm" align="end">
      <Select
        label="Period"
        w={150}
        allowDeselect={false}
        data={PERIODS.map((value) => ({ value, label: PERIOD_NAMES[value] }))}
        value={state.period}
        onChange={(period) => {
          const chosen = period === 'custom' ? { from_day: state.days.from, to_day: state.days.to } : {}
          onChange({ period: period ?? undefined, from_day: undefined, to_day: undefined, ...chosen })
        }}
      />
      {state.period === 'custom' && <ChosenDays state={state} onChange={onChange} now={now} />}
      <Select
        label="By"
        w={170}
        allowDeselect={false}
        data={groupChoices(groups, state)}
        value={state.group}
        onChange={(group) => onChange({ group: group ?? undefined, sort: undefined })}
      />
      <Filters state={state} onChange={onChange} />
      <Group gap="sm" ml="auto" align="center">
        <Text size="xs" c="dimmed">
          {rangeText(state.days)}, whole UTC days
        </Text>
        <CsvButton
          hint={`Up to ${EXPORT_ROWS_MAX.toLocaleString('en')} rows, with all numbers in full`}
          make={() => costFile(state)}
        />
      </Group>
    </Group>
  )
}

function ChosenDays({
  state,
  onChange,
  now,
}: Pick<CostToolbarProps, 'state' | 'onChange' | 'now'>): ReactElement {
  const { from, to } = state.days
  return (
    <>
      <TextInput
        type="date"
        label="First day"
        value={from}
        max={to}
        onChange={(event) => onChange({ from_day: event.currentTarget.value, to_day: to })}
      />
      <TextInput
        type="date"
        label="Last day"
        value={to}
        min={from}
        max={dayOf(now)}
        onChange={(event) => onChange({ from_day: from, to_day: event.currentTarget.value })}
      />
    </>
  )
}

function groupChoices(
  groups: readonly string[],
  { filters, group: current }: CostState,
): { value: string; label: string; disabled: boolean }[] {
  const known = [...groups.filter((group) => group !== 'day'), ...TIME_GROUPS]
  // What stands in the URL is shown, whatever the daemon knows of it.
  const all = known.includes(current) ? known : [...known, current]
  return all.map((value) => {
    const conflict = conflictOf(value, filters)
    const name = value.startsWith(DIMENSION) ? `${groupName(value)} (dimension)` : groupName(value)
    return {
      value,
      label: conflict === undefined ? name : `${name}: ${conflict}`,
      disabled: conflict !== undefined && value !== current,
    }
  })
}

function Filters({ state, onChange }: Pick<CostToolbarProps, 'state' | 'onChange'>): ReactElement {
  return (
    <Group gap={6} mih={30} align="center">
      {Object.entries(state.filters).map(([group, value]) => (
        <Pill
          key={group}
          size="md"
          withRemoveButton
          removeButtonProps={{
            'aria-label': `Remove the filter ${groupName(group)}`,
            'aria-hidden': false,
            tabIndex: 0,
          }}
          onRemove={() => onChange(withoutFilter(group))}
        >
          {groupName(group)}: {valueText(value)}
        </Pill>
      ))}
    </Group>
  )
}

/** A filter stands under a name of its own, or is a picker of the header. */
function withoutFilter(group: string): SearchChange {
  return { ...filterChange(group, undefined), [`where.${group}`]: undefined }
}
