/**
 * The pages, in the order of the navigation. A page is a folder of its own below src/pages, loaded when it is opened; a line
 * in page-list.ts and one here put it into the navigation, the command palette, the keyboard, the routes and the tests.
 */
import {
  IconAlertTriangle,
  IconBell,
  IconCoin,
  IconFileSearch,
  IconLayoutDashboard,
  IconListDetails,
  IconPlugConnected,
  IconTarget,
  IconTruckDelivery,
} from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { PAGE_LIST } from './page-list.ts'
import type { PageFacts, PageHref } from './page-list.ts'

interface PageLook {
  icon: TablerIcon
  load: () => Promise<ComponentType>
}

export type PageDefinition = PageFacts & PageLook

const LOOKS: Readonly<Record<PageHref, PageLook>> = {
  '/': {
    icon: IconLayoutDashboard,
    load: async () => (await import('../pages/overview/overview-page.tsx')).OverviewPage,
  },
  '/traces': {
    icon: IconListDetails,
    load: async () => (await import('../pages/traces/traces-page.tsx')).TracesPage,
  },
  '/retrieval': {
    icon: IconFileSearch,
    load: async () => (await import('../pages/retrieval/retrieval-page.tsx')).RetrievalPage,
  },
  '/costs': {
    icon: IconCoin,
    load: async () => (await import('../pages/costs/costs-page.tsx')).CostsPage,
  },
  '/errors': {
    icon: IconAlertTriangle,
    load: async () => (await import('../pages/errors/errors-page.tsx')).ErrorsPage,
  },
  '/alerts': {
    icon: IconBell,
    load: async () => (await import('../pages/alerts/alerts-page.tsx')).AlertsPage,
  },
  '/slos': {
    icon: IconTarget,
    load: async () => (await import('../pages/slos/slos-page.tsx')).SlosPage,
  },
  '/delivery': {
    icon: IconTruckDelivery,
    load: async () => (await import('../pages/delivery/delivery-page.tsx')).DeliveryPage,
  },
  '/setup': {
    icon: IconPlugConnected,
    load: async () => (await import('../pages/setup/setup-page.tsx')).SetupPage,
  },
}

export const PAGES: readonly PageDefinition[] = PAGE_LIST.map((page) => ({ ...page, ...LOOKS[page.href] }))
