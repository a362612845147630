/** Which colour is what; for a heatmap, from few to many. */
import { Group, Text, useComputedColorScheme } from '@mantine/core'
import type { ReactElement } from 'react'
import { LongName } from '../long-name.tsx'
import classes from './legend.module.css'
import type { ChartModel } from './model.ts'
import { colourOf, INKS } from './palette.ts'
import type { Scheme } from './palette.ts'

export function Legend({ model }: { model: ChartModel }): ReactElement | null {
  const scheme = useComputedColorScheme('light')
  if (model.kind === 'heat') {
    return (
      <Group gap={2} aria-hidden>
        <Text size="xs" c="dimmed" mr={4}>
          few
        </Text>
        {INKS[scheme].heat.map((colour) => (
          <span key={colour} className={classes['cell']} style={{ backgroundColor: colour }} />
        ))}
        <Text size="xs" c="dimmed" ml={4}>
          many
        </Text>
      </Group>
    )
  }
  if (model.kind === 'state') return <States scheme={scheme} />
  return (
    <Group gap="4px 12px">
      {model.lines.map(({ name, tone, isPrevious }, index) => (
        <Group key={name} gap={6} wrap="nowrap" maw={220}>
          <span
            className={isPrevious === true ? classes['dashed'] : classes['mark']}
            style={{ color: colourOf(index, tone, scheme) }}
          />
          <Text size="xs" c="dimmed" component="div" miw={0}>
            <LongName name={name} />
          </Text>
        </Group>
      ))}
      {model.bands !== undefined && model.bands.length > 0 && <BandMark scheme={scheme} />}
    </Group>
  )
}

function BandMark({ scheme }: { scheme: Scheme }): ReactElement {
  return (
    <Group gap={6} wrap="nowrap">
      <span className={classes['band']} style={{ color: colourOf(0, 'bad', scheme) }} />
      <Text size="xs" c="dimmed">
        an alert fired
      </Text>
    </Group>
  )
}

const STATES = [
  ['up', 'good'],
  ['down', 'bad'],
] as const

function States({ scheme }: { scheme: Scheme }): ReactElement {
  return (
    <Group gap="4px 12px">
      {STATES.map(([name, tone]) => (
        <Group key={name} gap={6} wrap="nowrap">
          <span className={classes['mark']} style={{ color: colourOf(0, tone, scheme) }} />
          <Text size="xs" c="dimmed">
            {name}
          </Text>
        </Group>
      ))}
    </Group>
  )
}
