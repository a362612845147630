/** The list of pages. */
import { Group, NavLink, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { alertsQuery, isAlarm } from '../api/alerts.ts'
import { SchemeControl, ZoneControl } from '../components/header/refresh-control.tsx'
import { sharedSearch, useSearchText } from '../lib/url-state.ts'
import classes from './navigation.module.css'
import { PAGES } from './pages.ts'
import { SessionControl } from './session-control.tsx'
import { useCurrentPage } from './use-current-page.ts'

export function Brand(): ReactElement {
  return (
    <Group gap={8} wrap="nowrap">
      <img src="/favicon.svg" width={22} height={22} alt="" />
      <Text fw={650} fz={15}>
        ragmeter
      </Text>
    </Group>
  )
}

export function Navigation({
  onNavigate,
  burger,
}: {
  onNavigate: () => void
  burger: ReactNode
}): ReactElement {
  const current = useCurrentPage()
  const search = sharedSearch(useSearchText())
  return (
    <div className={classes['list']}>
      <Group justify="space-between" className={classes['head']}>
        <Brand />
        {burger}
      </Group>
      {PAGES.map((page) => (
        <div key={page.href} className={classes['item']}>
          <NavLink
            renderRoot={(props) => <Link {...props} to={page.href} search={search} />}
            label={page.title}
            leftSection={<page.icon size={17} stroke={1.7} />}
            active={page === current}
            aria-current={page === current ? 'page' : undefined}
            onClick={onNavigate}
            className={classes['link'] ?? ''}
          />
          {page.href === '/alerts' && <FiringCount />}
        </div>
      ))}
      <div className={classes['spacer']} />
      {/* In the header there is no room for them beside the names of services on a telephone. */}
      <Group gap={8} hiddenFrom="sm">
        <ZoneControl />
        <SchemeControl />
      </Group>
      <SessionControl />
    </div>
  )
}

/** Beside the link, so that its name stays the name of the page. */
function FiringCount(): ReactElement | null {
  const { data } = useQuery(alertsQuery)
  const firing = data?.alerts.filter(isAlarm) ?? []
  if (firing.length === 0) return null
  const isCritical = firing.some(({ severity }) => severity === 'critical')
  const words = firing.length === 1 ? '1 alert fires' : `${firing.length} alerts fire`
  return (
    <span
      className={classes['count']}
      data-critical={isCritical || undefined}
      role="status"
      aria-label={words}
    >
      {firing.length > 99 ? '99+' : firing.length}
    </span>
  )
}
