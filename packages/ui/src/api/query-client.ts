/** How answers are kept, and what is tried again. */
import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api-error.ts'

const RETRIES_MAX = 1

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      gcTime: 5 * 60_000,
      // The page has a clock of its own, which stops while it is hidden.
      refetchOnWindowFocus: false,
      // A local daemon is reachable without the internet.
      networkMode: 'always',
      retry: (failures, error) =>
        failures < RETRIES_MAX && !(error instanceof ApiError && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
})
