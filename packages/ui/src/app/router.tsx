/** The routes: one for each page, and the one for signing in. All state is in the URL, as plain text parameters. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router'
import type { AnyRoute, AnyRouter } from '@tanstack/react-router'
import { PageError } from '../components/page-error.tsx'
import { PageSkeleton } from '../components/page-skeleton.tsx'
import { loadPart } from '../lib/load-part.ts'
import { parseSearch, stringifySearch } from '../lib/search-text.ts'
import { NotFound } from './not-found.tsx'
import { PAGES } from './pages.ts'
import type { PageDefinition } from './pages.ts'
import { Shell } from './shell.tsx'

const rootRoute = createRootRoute({ component: Outlet })

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
})

/** Within the shell: who has lost the way needs the navigation. */
const notFoundRoute = createRoute({ getParentRoute: () => shellRoute, path: '$', component: NotFound })

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: lazyRouteComponent(() => loadPart(() => import('./sign-in-page.tsx')), 'SignInPage'),
})

export function createAppRouter(): AnyRouter {
  return createRouter({
    routeTree: rootRoute.addChildren([
      signInRoute,
      shellRoute.addChildren([...PAGES.map(routeOf), notFoundRoute]),
    ]),
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: PageSkeleton,
    defaultPendingMs: 100,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: NotFound,
    // A range is not a place: going through the tabs of a page keeps where one has scrolled to.
    scrollRestoration: false,
  })
}

function routeOf({ href, path, load }: PageDefinition): AnyRoute {
  return createRoute({
    getParentRoute: () => shellRoute,
    path: path ?? href,
    component: lazyRouteComponent(async () => ({ Page: await loadPart(load) }), 'Page'),
  })
}
