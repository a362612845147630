/** The range of the page: one of those people mostly want, or from one moment to another. */
import { Button, Divider, Group, Popover, Stack, Text, TextInput } from '@mantine/core'
import { IconCalendarTime, IconChevronDown } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactElement, SubmitEvent } from 'react'
import { formatRange, zoneName } from '../../lib/format-time.ts'
import type { Zone } from '../../lib/format-time.ts'
import { fieldText, momentOfField } from '../../lib/moment-field.ts'
import { absoluteRange, DEFAULT_FROM, DEFAULT_TO } from '../../lib/time-range.ts'
import { useSetSearch, useSharedState } from '../../lib/url-state.ts'
import { useView } from '../../lib/view.ts'
import { PRESETS, presetOf } from './presets.ts'
import classes from './time-range-picker.module.css'

export function TimeRangePicker(): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const { from, to, zone } = useSharedState()
  const { range } = useView()
  const setSearch = useSetSearch()
  const preset = presetOf(from, to)
  const label = preset?.label ?? formatRange(range.from, range.to, zone)
  const choose = (start: string, end: string) => {
    setSearch({
      from: start === DEFAULT_FROM ? undefined : start,
      to: end === DEFAULT_TO ? undefined : end,
    })
    setOpen(false)
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus width={300}>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconCalendarTime size={16} />}
          rightSection={<IconChevronDown size={14} />}
          aria-label={`Time range: ${label}`}
          classNames={
            preset === undefined
              ? {
                  root: classes['moments'] ?? '',
                  label: classes['text'] ?? '',
                  section: classes['icon'] ?? '',
                }
              : {}
          }
          onClick={() => setOpen(!isOpen)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <Group gap={6} grow preventGrowOverflow={false}>
            {PRESETS.map(({ from: start, label: name }) => (
              <Button
                key={start}
                variant={preset?.from === start ? 'filled' : 'default'}
                size="compact-xs"
                onClick={() => choose(start, DEFAULT_TO)}
              >
                {name}
              </Button>
            ))}
          </Group>
          <Divider />
          <AbsoluteForm
            key={`${range.from}-${range.to}`}
            from={range.from}
            to={range.to}
            zone={zone}
            onChoose={choose}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

interface AbsoluteFormProps {
  from: number
  to: number
  zone: Zone
  onChoose: (from: string, to: string) => void
}

function AbsoluteForm({ from, to, zone, onChoose }: AbsoluteFormProps): ReactElement {
  const [start, setStart] = useState(() => fieldText(from, zone))
  const [end, setEnd] = useState(() => fieldText(to, zone))
  const [first, last] = [momentOfField(start, zone), momentOfField(end, zone)]
  const isRange = first !== undefined && last !== undefined && first < last
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (!isRange) return
    const range = absoluteRange(first, last)
    onChoose(range.from, range.to)
  }
  return (
    <form onSubmit={submit}>
      <Stack gap={8}>
        <TextInput
          type="datetime-local"
          label={`From (${zoneName(zone)})`}
          value={start}
          onChange={(event) => setStart(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label={`To (${zoneName(zone)})`}
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
        />
        {!isRange && (
          <Text size="xs" c="red" role="alert">
            The end is not after the start.
          </Text>
        )}
        <Button type="submit" disabled={!isRange}>
          Apply
        </Button>
      </Stack>
    </form>
  )
}
