/**
 * The pages, in the order of the navigation. A page is a folder of its own below src/pages, loaded when it is opened;
 * one line here puts it into the navigation, the command palette, the keyboard and the routes.
 */
import {
  IconAlertTriangle,
  IconCoin,
  IconFileSearch,
  IconLayoutDashboard,
  IconListDetails,
  IconPlugConnected,
  IconTruckDelivery,
} from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import type { ComponentType } from 'react'

export interface PageDefinition {
  /** Where it lies, and what links lead to. */
  href: string
  /** Pattern of the route, where it has parts that vary: '/traces/{-$id}'. @default href */
  path?: string
  title: string
  /** What one finds there: shown in the command palette. */
  summary: string
  /** After `g` it opens the page. Each letter belongs to one page. */
  letter: string
  icon: TablerIcon
  /** Which pickers of the header apply to it. */
  controls: readonly ('service' | 'environment' | 'time')[]
  load: () => Promise<ComponentType>
}

export const PAGES: readonly PageDefinition[] = [
  {
    href: '/',
    title: 'Overview',
    summary: 'Requests, latency, retrieval, cost and errors at a glance',
    letter: 'o',
    icon: IconLayoutDashboard,
    controls: ['service', 'time'],
    load: async () => (await import('../pages/overview/overview-page.tsx')).OverviewPage,
  },
  {
    href: '/traces',
    path: '/traces/{-$id}',
    title: 'Traces',
    summary: 'Find single requests, and look into one',
    letter: 't',
    icon: IconListDetails,
    controls: ['service', 'environment', 'time'],
    load: async () => (await import('../pages/traces/traces-page.tsx')).TracesPage,
  },
  {
    href: '/retrieval',
    title: 'Retrieval',
    summary: 'How well documents are found, what they do not answer, which are of no use',
    letter: 'r',
    icon: IconFileSearch,
    controls: ['service', 'environment', 'time'],
    load: async () => (await import('../pages/retrieval/retrieval-page.tsx')).RetrievalPage,
  },
  {
    href: '/costs',
    title: 'Costs',
    summary: 'Money by organisation, model, endpoint, day and month; CSV',
    letter: 'c',
    icon: IconCoin,
    controls: ['service', 'environment'],
    load: async () => (await import('../pages/costs/costs-page.tsx')).CostsPage,
  },
  {
    href: '/errors',
    title: 'Errors',
    summary: 'What fails, since when, how often, with examples',
    letter: 'e',
    icon: IconAlertTriangle,
    controls: ['service', 'time'],
    load: async () => (await import('../pages/errors/errors-page.tsx')).ErrorsPage,
  },
  {
    href: '/delivery',
    title: 'Delivery',
    summary: 'Whether what was sent has arrived: the daemon, its database, its clients',
    letter: 'd',
    icon: IconTruckDelivery,
    controls: ['service', 'time'],
    load: async () => (await import('../pages/delivery/delivery-page.tsx')).DeliveryPage,
  },
  {
    href: '/setup',
    title: 'Set-up',
    summary: 'Send the first trace: snippets, and a test',
    letter: 'u',
    icon: IconPlugConnected,
    controls: [],
    load: async () => (await import('../pages/setup/setup-page.tsx')).SetupPage,
  },
]
