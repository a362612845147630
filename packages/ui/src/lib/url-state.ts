/** The state of the page, all of it in the URL: a copied link shows the same thing. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import type { Zone } from './format-time.ts'
import type { SearchText } from './search-text.ts'
import { DEFAULT_FROM, DEFAULT_TO } from './time-range.ts'

/** Seconds between two looks; 0 is off. */
export const REFRESH_SECONDS = [0, 5, 10, 30, 60, 300] as const
export type RefreshSeconds = (typeof REFRESH_SECONDS)[number]

/** What all pages share. It stays when one goes to another page; what belongs to one page does not. */
export interface SharedState {
  from: string
  to: string
  service: string | undefined
  environment: string | undefined
  zone: Zone
  refreshSeconds: RefreshSeconds
  /** Whether charts show the period before too. */
  isCompared: boolean
}

const SHARED_KEYS = ['from', 'to', 'service', 'env', 'tz', 'refresh', 'compare'] as const

const DEFAULT_REFRESH_SECONDS = 30

export function readShared(search: Readonly<SearchText>): SharedState {
  const { from, to, service, env, tz, refresh, compare } = search as Partial<Record<string, string>>
  return {
    from: from ?? DEFAULT_FROM,
    to: to ?? DEFAULT_TO,
    service,
    environment: env,
    zone: tz === 'utc' ? 'utc' : 'local',
    refreshSeconds: REFRESH_SECONDS.find((seconds) => String(seconds) === refresh) ?? DEFAULT_REFRESH_SECONDS,
    isCompared: compare === '1',
  }
}

/** The parameters as they stand in the URL. Components of pages use `usePageState`. */
export function useSearchText(): SearchText {
  return useSearch({ strict: false })
}

export function useSharedState(): SharedState {
  const search = useSearchText()
  return useMemo(() => readShared(search), [search])
}

export type SearchChange = Readonly<Record<string, string | undefined>>

/** Changes parameters and keeps the others; undefined removes one. A new entry of the history, so that Back undoes it. */
export function useSetSearch(): (change: SearchChange) => void {
  const navigate = useNavigate()
  return useCallback(
    (change) => {
      const search = (before: SearchText) => ({ ...before, ...change })
      void navigate({ to: '.', search, resetScroll: false })
    },
    [navigate],
  )
}

/** One parameter of a page: its value, and a function that sets it. The default is not written into the URL. */
export function usePageState<Value extends string>(
  key: string,
  values: readonly Value[],
  fallback: Value,
): [Value, (value: Value) => void] {
  const given = useSearchText()[key]
  const set = useSetSearch()
  const value = values.find((candidate) => candidate === given) ?? fallback
  const setValue = useCallback(
    (next: Value) => set({ [key]: next === fallback ? undefined : next }),
    [fallback, key, set],
  )
  return [value, setValue]
}

/** What goes along to another page. */
export function sharedSearch(search: Readonly<SearchText>): SearchText {
  const entries = SHARED_KEYS.map((key) => [key, search[key]] as const)
  return Object.fromEntries(
    entries.filter((entry): entry is [(typeof entry)[0], string] => entry[1] !== undefined),
  )
}
