/** Everything one can do by typing its name: Cmd or Ctrl and K. */
import { ActionIcon, Tooltip, useMantineColorScheme } from '@mantine/core'
import { Spotlight, spotlight } from '@mantine/spotlight'
import type { SpotlightActionGroupData } from '@mantine/spotlight'
import { IconSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { useNames } from '../api/queries.ts'
import { PRESETS } from '../components/header/presets.ts'
import { useClock } from '../lib/clock.tsx'
import { applyView, COMMON_VIEWS, useSavedViews } from '../lib/saved-views.ts'
import { sharedSearch, useSearchText, useSetSearch } from '../lib/url-state.ts'
import { PAGES } from './pages.ts'
import { useCurrentPage } from './use-current-page.ts'

export function CommandPalette(): ReactElement {
  return (
    <Spotlight
      actions={useActions()}
      shortcut={['mod + K']}
      nothingFound="Nothing of that name"
      highlightQuery
      limit={12}
      scrollable
      searchProps={{ placeholder: 'Go to, choose a service, change the range', 'aria-label': 'Command' }}
    />
  )
}

export function PaletteButton(): ReactElement {
  return (
    <Tooltip label="Commands (Ctrl or Cmd and K)">
      <ActionIcon aria-label="Commands" onClick={() => spotlight.open()}>
        <IconSearch size={18} />
      </ActionIcon>
    </Tooltip>
  )
}

function useActions(): SpotlightActionGroupData[] {
  const navigate = useNavigate()
  const search = sharedSearch(useSearchText())
  const setSearch = useSetSearch()
  const { setColorScheme } = useMantineColorScheme()
  const { now, tick } = useClock()
  const services = useNames('service', now)
  const pages = PAGES.map(({ href, title, summary, letter }) => ({
    id: `page ${href}`,
    label: title,
    description: `${summary} (g ${letter})`,
    onClick: () => void navigate({ to: href, search }),
  }))
  const { views } = useSavedViews()
  const savedViews = [...COMMON_VIEWS, ...views].map((view, index) => ({
    id: `view ${index}`,
    label: view.name,
    description: `Traces: ${view.search['q'] ?? 'all'}`,
    onClick: () => void navigate({ to: '/traces', search: { ...search, ...applyView(view) } }),
  }))
  const controls = useCurrentPage()?.controls ?? []
  const ranges = (controls.includes('time') ? PRESETS : []).map(({ from, label }) => ({
    id: `range ${from}`,
    label,
    onClick: () => setSearch({ from, to: undefined }),
  }))
  const ofServices = services.map((service) => ({
    id: `service ${service}`,
    label: `Service ${service}`,
    onClick: () => setSearch({ service }),
  }))
  const compare = {
    id: 'compare',
    label: 'Compare with the period before',
    onClick: () => setSearch({ compare: '1' }),
  }
  const others = [
    { id: 'all services', label: 'All services', onClick: () => setSearch({ service: undefined }) },
    { id: 'refresh', label: 'Refresh now', onClick: tick },
    ...(controls.includes('compare') ? [compare] : []),
    { id: 'utc', label: 'Show times in UTC', onClick: () => setSearch({ tz: 'utc' }) },
    { id: 'local', label: 'Show times of this browser', onClick: () => setSearch({ tz: undefined }) },
    { id: 'light', label: 'Light colours', onClick: () => setColorScheme('light') },
    { id: 'dark', label: 'Dark colours', onClick: () => setColorScheme('dark') },
    { id: 'auto', label: 'Colours as the system', onClick: () => setColorScheme('auto') },
  ]
  return [
    { group: 'Pages', actions: pages },
    { group: 'Traces', actions: savedViews },
    { group: 'Services', actions: ofServices },
    { group: 'Range', actions: ranges },
    { group: 'More', actions: others },
  ]
}
