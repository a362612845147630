/** What is around every page: navigation, the controls that apply to the page, and the state of the daemon. */
import { AppShell, Burger, Group } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { alertsQuery, isAlarm } from '../api/alerts.ts'
import { NamePicker } from '../components/header/name-picker.tsx'
import {
  CompareControl,
  RefreshControl,
  SchemeControl,
  ZoneControl,
  ZoomOutControl,
} from '../components/header/refresh-control.tsx'
import { TimeRangePicker } from '../components/header/time-range-picker.tsx'
import { ClockProvider } from '../lib/clock.tsx'
import { DocumentTitle } from '../lib/document-title.tsx'
import { CommandPalette, PaletteButton } from './command-palette.tsx'
import { DaemonBanner } from './daemon-banner.tsx'
import { EnvironmentNote } from './environment-note.tsx'
import { Keyboard } from './keyboard.tsx'
import { Brand, Navigation } from './navigation.tsx'
import { RangeNotice } from './range-notice.tsx'
import classes from './shell.module.css'
import { useCurrentPage } from './use-current-page.ts'

export function Shell(): ReactElement {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const page = useCurrentPage()
  const { data } = useQuery(alertsQuery)
  const hasTwoRows = page?.controls.includes('refresh') ?? false
  const hasRange = page?.controls.includes('time') ?? false
  return (
    <ClockProvider>
      <a className={classes['skip']} href="#page">
        Skip to the page
      </a>
      <AppShell
        header={{ height: { base: hasTwoRows ? 96 : 52, md: 52 } }}
        navbar={{ width: 184, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
        layout="alt"
        padding={{ base: 'xs', sm: 'md' }}
      >
        <AppShell.Header className={classes['header']}>
          <Controls isOpen={isOpen} toggle={toggle} />
        </AppShell.Header>
        <AppShell.Navbar className={classes['navbar']} aria-label="Pages">
          <Navigation
            onNavigate={close}
            burger={
              <Burger opened hiddenFrom="sm" size="sm" onClick={toggle} aria-label="Close the navigation" />
            }
          />
        </AppShell.Navbar>
        <AppShell.Main id="page" tabIndex={-1} className={classes['main']}>
          <DaemonBanner />
          {hasRange && <RangeNotice />}
          <EnvironmentNote />
          <DocumentTitle page={page?.title} firing={data?.alerts.filter(isAlarm).length ?? 0}>
            <Outlet />
          </DocumentTitle>
        </AppShell.Main>
      </AppShell>
      <CommandPalette />
      <Keyboard />
    </ClockProvider>
  )
}

function Controls({ isOpen, toggle }: { isOpen: boolean; toggle: () => void }): ReactElement {
  const controls = useCurrentPage()?.controls ?? []
  return (
    <div className={classes['controls']}>
      <Group gap={8} wrap="nowrap" className={classes['row']}>
        <Burger opened={isOpen} hiddenFrom="sm" size="sm" onClick={toggle} aria-label="Open the navigation" />
        <div className={classes['brand']}>
          <Brand />
        </div>
        {controls.includes('service') && <NamePicker kind="service" />}
        {controls.includes('environment') && <NamePicker kind="environment" />}
        <div className={classes['spacer']} />
        <PaletteButton />
        <Group gap={8} wrap="nowrap" visibleFrom="sm">
          <ZoneControl />
          <SchemeControl />
        </Group>
      </Group>
      {controls.includes('refresh') && (
        <Group gap={8} wrap="nowrap" className={classes['row']}>
          {controls.includes('time') && <TimeRangePicker />}
          {controls.includes('time') && <ZoomOutControl />}
          {controls.includes('compare') && <CompareControl />}
          <RefreshControl />
        </Group>
      )}
    </div>
  )
}
