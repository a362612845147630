/** Views of the traces that this browser keeps under a name: what is filtered by, and the columns. */
import { useLocalStorage } from '@mantine/hooks'
import { useCallback } from 'react'
import type { SearchText } from './search-text.ts'

export interface SavedView {
  name: string
  /** Parameters of the URL. */
  search: SearchText
}

/** The parameters that a view keeps; the range of time stays as it is. */
const VIEW_KEYS = ['q', 'cols', 'service', 'env'] as const

const VIEWS_MAX = 50
const NAME_LENGTH_MAX = 60

/** Views that everybody has. They are filters only: service, environment and columns stay as they are. */
export const COMMON_VIEWS: readonly SavedView[] = [
  { name: 'Errors', search: { q: 'status:error' } },
  { name: 'Timeouts', search: { q: 'status:timeout' } },
  { name: 'Slower than 5 s', search: { q: 'latency>5s' } },
  { name: 'Empty retrievals', search: { q: 'retrieval.count:0' } },
  { name: 'Weak retrievals', search: { q: 'retrieval.top_score<0.3' } },
]

/** What the URL says of a view. */
export function viewSearch(search: Readonly<SearchText>): SearchText {
  const given: [string, string][] = []
  for (const key of VIEW_KEYS) {
    const value = search[key]
    if (value !== undefined && value !== '') given.push([key, value])
  }
  return Object.fromEntries(given)
}

/** Sets what a view says. One that was saved is the whole of what it keeps: what it does not say is removed. */
export function applyView(view: SavedView): Record<string, string | undefined> {
  if (COMMON_VIEWS.includes(view)) return view.search
  return Object.fromEntries(VIEW_KEYS.map((key) => [key, view.search[key]]))
}

/** Views as they were written; anything else in the storage is none. */
export function readViews(text: string | undefined): SavedView[] {
  let stored: unknown
  try {
    stored = JSON.parse(text ?? '[]')
  } catch {
    return []
  }
  return Array.isArray(stored) ? stored.filter(isView).slice(0, VIEWS_MAX) : []
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null) return false
  const { name, search } = value as { name?: unknown; search?: unknown }
  if (typeof name !== 'string' || name === '' || typeof search !== 'object' || search === null) return false
  return Object.values(search).every((parameter) => typeof parameter === 'string')
}

/** With the view, in place of one of the same name. */
export function withView(views: readonly SavedView[], { name, search }: SavedView): SavedView[] {
  const short = name.trim().slice(0, NAME_LENGTH_MAX)
  if (short === '') return [...views]
  const others = views.filter((view) => view.name !== short)
  return [...others, { name: short, search }].slice(-VIEWS_MAX)
}

export interface SavedViews {
  views: readonly SavedView[]
  save: (view: SavedView) => void
  remove: (name: string) => void
}

export function useSavedViews(): SavedViews {
  const [views, setViews] = useLocalStorage<SavedView[]>({
    key: 'ragmeter-trace-views',
    defaultValue: [],
    getInitialValueInEffect: false,
    deserialize: readViews,
  })
  return {
    views,
    save: useCallback((view) => setViews((before) => withView(before, view)), [setViews]),
    remove: useCallback(
      (name) => setViews((before) => before.filter((view) => view.name !== name)),
      [setViews],
    ),
  }
}
