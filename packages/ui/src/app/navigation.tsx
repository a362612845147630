/** The list of pages. */
import { Group, NavLink, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
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
        <NavLink
          key={page.href}
          renderRoot={(props) => <Link {...props} to={page.href} search={search} />}
          label={page.title}
          leftSection={<page.icon size={17} stroke={1.7} />}
          active={page === current}
          aria-current={page === current ? 'page' : undefined}
          onClick={onNavigate}
          className={classes['link'] ?? ''}
        />
      ))}
      <div className={classes['spacer']} />
      <SessionControl />
    </div>
  )
}
