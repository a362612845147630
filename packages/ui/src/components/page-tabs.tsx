/** Tabs of a page: which one is open stands in the URL, and each is loaded when it is opened. */
import { Group, Tabs } from '@mantine/core'
import { Suspense } from 'react'
import type { ComponentType, ReactElement, ReactNode } from 'react'
import { usePageState } from '../lib/url-state.ts'
import { PageSkeleton } from './page-skeleton.tsx'

export interface PageTab<Value extends string> {
  value: Value
  label: string
  Content: ComponentType
}

export interface PageTabsProps<Value extends string> {
  /** For those who hear the page. */
  name: string
  /** The first is open by itself. */
  tabs: readonly [PageTab<Value>, ...PageTab<Value>[]]
  /** What one should see without opening the tab, behind its label. */
  notes?: Partial<Record<Value, string>>
  /** Beside the tabs. */
  aside?: ReactNode
  /** Around what is open. @default nothing */
  frame?: (content: ReactElement) => ReactElement
}

export function PageTabs<Value extends string>(props: PageTabsProps<Value>): ReactElement {
  const { name, tabs, notes, aside, frame = (content) => content } = props
  const values = tabs.map(({ value }) => value)
  const [first] = tabs
  const [tab, setTab] = usePageState('tab', values, first.value)
  return (
    <Tabs
      value={tab}
      onChange={(chosen) => setTab(values.find((value) => value === chosen) ?? first.value)}
      keepMounted={false}
    >
      <Group justify="space-between" align="end" gap="xs" mb="sm">
        <Tabs.List aria-label={name} flex={1} miw={300}>
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {`${label}${notes?.[value] ?? ''}`}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {aside}
      </Group>
      {tabs.map(({ value, Content }) => (
        <Tabs.Panel key={value} value={value}>
          <Suspense fallback={<PageSkeleton />}>{frame(<Content />)}</Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  )
}
