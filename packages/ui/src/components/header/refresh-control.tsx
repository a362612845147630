/** Look again now, or by itself; zoom out; compare; UTC or local; light or dark. */
import { ActionIcon, Button, Menu, Tooltip, useMantineColorScheme } from '@mantine/core'
import type { MantineColorScheme } from '@mantine/core'
import {
  IconArrowsDiff,
  IconChevronDown,
  IconDeviceDesktop,
  IconMoon,
  IconRefresh,
  IconSun,
  IconZoomOut,
} from '@tabler/icons-react'
import type { ReactElement } from 'react'
import { useClock } from '../../lib/clock.tsx'
import { formatMoment, formatTime, isLocalUtc, zoneName, zoneOffset } from '../../lib/format-time.ts'
import { zoomedOut } from '../../lib/time-range.ts'
import { REFRESH_SECONDS, useSetSearch, useSharedState } from '../../lib/url-state.ts'
import type { RefreshSeconds } from '../../lib/url-state.ts'
import { useView } from '../../lib/view.ts'

const DEFAULT_REFRESH = '30'

function refreshLabel(seconds: RefreshSeconds): string {
  if (seconds === 0) return 'Off'
  return seconds < 60 ? `${seconds} s` : `${seconds / 60} min`
}

export function RefreshControl(): ReactElement {
  const { refreshSeconds, zone } = useSharedState()
  const { now, tick } = useClock()
  const isOff = refreshSeconds === 0
  const setSearch = useSetSearch()
  const choose = (seconds: RefreshSeconds) =>
    setSearch({ refresh: String(seconds) === DEFAULT_REFRESH ? undefined : String(seconds) })
  return (
    <Button.Group>
      <Tooltip label="Refresh now (r)">
        <Button variant="default" px={8} aria-label="Refresh now" onClick={tick}>
          <IconRefresh size={16} />
        </Button>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            px={8}
            rightSection={<IconChevronDown size={14} />}
            aria-label={`Refresh by itself: ${refreshLabel(refreshSeconds)}${isOff ? `; as of ${formatMoment(now, zone)}` : ''}`}
            title={isOff ? `${formatMoment(now, zone)} ${zoneName(zone)}` : undefined}
          >
            {isOff ? `as of ${formatTime(now, zone)}` : refreshLabel(refreshSeconds)}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Refresh by itself</Menu.Label>
          {REFRESH_SECONDS.map((seconds) => (
            <Menu.Item
              key={seconds}
              onClick={() => choose(seconds)}
              fw={seconds === refreshSeconds ? 600 : 400}
            >
              {refreshLabel(seconds)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  )
}

export function ZoomOutControl(): ReactElement {
  const { range } = useView()
  const { now } = useClock()
  const setSearch = useSetSearch()
  return (
    <Tooltip label="Zoom out: twice as long">
      <ActionIcon aria-label="Zoom out" onClick={() => setSearch(zoomedOut(range, now))}>
        <IconZoomOut size={18} />
      </ActionIcon>
    </Tooltip>
  )
}

export function CompareControl(): ReactElement {
  const { isCompared } = useSharedState()
  const setSearch = useSetSearch()
  return (
    <Tooltip label="Compare with the period before">
      <ActionIcon
        aria-label="Compare with the period before"
        aria-pressed={isCompared}
        variant={isCompared ? 'light' : 'subtle'}
        color={isCompared ? 'accent' : 'gray'}
        onClick={() => setSearch({ compare: isCompared ? undefined : '1' })}
      >
        <IconArrowsDiff size={18} />
      </ActionIcon>
    </Tooltip>
  )
}

/** Nothing where the browser itself has UTC: there is nothing to change to. */
export function ZoneControl(): ReactElement | null {
  const { zone } = useSharedState()
  const setSearch = useSetSearch()
  const { now } = useClock()
  if (isLocalUtc(new Date(now).getUTCFullYear())) return null
  const other = zone === 'utc' ? 'local' : 'utc'
  return (
    <Tooltip label={`Times in ${zoneName(zone)}. Show ${zoneName(other)}`}>
      <Button
        variant="subtle"
        color="gray"
        px={8}
        aria-label={`Times in ${zoneName(zone)}; change to ${zoneName(other)}`}
        onClick={() => setSearch({ tz: other === 'utc' ? 'utc' : undefined })}
      >
        {zoneOffset(zone, now)}
      </Button>
    </Tooltip>
  )
}

const SCHEMES: readonly MantineColorScheme[] = ['auto', 'light', 'dark']
const SCHEME_NAMES = { auto: 'as the system', light: 'light', dark: 'dark' } as const
const SCHEME_ICONS = { auto: IconDeviceDesktop, light: IconSun, dark: IconMoon } as const

export function SchemeControl(): ReactElement {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const next = SCHEMES[(SCHEMES.indexOf(colorScheme) + 1) % SCHEMES.length] ?? 'auto'
  const Icon = SCHEME_ICONS[colorScheme]
  return (
    <Tooltip label={`Colours: ${SCHEME_NAMES[colorScheme]}. Change to ${SCHEME_NAMES[next]}`}>
      <ActionIcon
        aria-label={`Colours: ${SCHEME_NAMES[colorScheme]}; change to ${SCHEME_NAMES[next]}`}
        onClick={() => setColorScheme(next)}
      >
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  )
}
