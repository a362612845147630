import { useRouterState } from '@tanstack/react-router'
import { PAGES } from './pages.ts'
import type { PageDefinition } from './pages.ts'

/** The page of the address, or of an address below it. */
export function useCurrentPage(): PageDefinition | undefined {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  return PAGES.find(({ href }) => path === href || (href !== '/' && path.startsWith(`${href}/`)))
}
