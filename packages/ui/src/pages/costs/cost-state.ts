/** What the page of costs shows, as the URL states it. */
import { useMemo } from 'react'
import type { SearchText } from '../../lib/search-text.ts'
import { useSearchText, useSetSearch } from '../../lib/url-state.ts'
import type { SearchChange } from '../../lib/url-state.ts'
import { daysOfPeriod, PERIODS } from './cost-period.ts'
import type { DayRange, Period } from './cost-period.ts'

/** A month is days added up: the ledger itself has days. */
export const TIME_GROUPS = ['day', 'month'] as const
export function isTimeGroup(group: string): boolean {
  return TIME_GROUPS.some((name) => name === group)
}

export const DIMENSION = 'dimension.'

const OF_REQUESTS = ['environment', 'operation', 'endpoint']
const OF_CALLS = ['provider', 'model']
const FILTER = 'where.'
/** What stands in the URL for a value that requests did not state: an empty one would be left out of it. */
const NOT_STATED = '~'

/** Group and value; '' is "not stated". */
export type CostFilters = Readonly<Record<string, string>>

export interface CostState {
  period: Period
  days: DayRange
  group: string
  filters: CostFilters
  sort: string | undefined
  isDescending: boolean
}

export function readCostState(search: Readonly<SearchText>, now: number): CostState {
  const {
    period: given,
    from_day: fromDay,
    to_day: toDay,
    group,
    sort,
  } = search as Partial<Record<string, string>>
  const period = PERIODS.find((candidate) => candidate === given) ?? 'month'
  const filters = Object.entries(search)
    .filter(([key]) => key.startsWith(FILTER))
    .map(([key, value]) => [key.slice(FILTER.length), value === NOT_STATED ? '' : value] as const)
  return {
    period,
    days: daysOfPeriod(period, fromDay, toDay, now),
    group: group ?? 'org',
    filters: Object.fromEntries([...filters, ...sharedFilters(search)]),
    sort: sort?.replace(/^-/, ''),
    isDescending: sort?.startsWith('-') === true,
  }
}

/** The pickers of the header are filters too. */
function sharedFilters({ service, env }: Readonly<Partial<SearchText>>): [string, string][] {
  const pairs: [string, string | undefined][] = [
    ['service', service],
    ['environment', env],
  ]
  return pairs.filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '')
}

/** The change of the URL that sets a filter, or with undefined removes it. */
export function filterChange(group: string, value: string | undefined): SearchChange {
  const text = value === '' ? NOT_STATED : value
  if (group === 'service' && value !== '') return { service: text }
  if (group === 'environment' && value !== '') return { env: text }
  return { [`${FILTER}${group}`]: text }
}

/**
 * Requests have no model and model calls have no endpoint, so the ledger cannot sum by both.
 * @returns why the group cannot be combined with the filters; undefined if it can
 */
export function conflictOf(group: string, filters: CostFilters): string | undefined {
  const names = Object.keys(filters)
  const other = isOfRequests(group)
    ? names.find(isOfCalls)
    : isOfCalls(group)
      ? names.find(isOfRequests)
      : undefined
  return other === undefined ? undefined : `not together with ${groupName(other).toLowerCase()}`
}

function isOfRequests(name: string): boolean {
  return OF_REQUESTS.includes(name) || name.startsWith(DIMENSION)
}

function isOfCalls(name: string): boolean {
  return OF_CALLS.includes(name)
}

const NAMES: Readonly<Record<string, string>> = {
  org: 'Organisation',
  service: 'Service',
  environment: 'Environment',
  operation: 'Operation',
  endpoint: 'Endpoint',
  provider: 'Provider',
  model: 'Model',
  day: 'Day',
  month: 'Month',
}

export function groupName(group: string): string {
  return NAMES[group] ?? (group.startsWith(DIMENSION) ? group.slice(DIMENSION.length) : group)
}

/** Values beyond the limits of the ledger are booked together under this name. */
const OVERFLOW = '__other__'

export function valueText(value: string): string {
  if (value === '') return 'not stated'
  return value === OVERFLOW ? 'others, beyond the limit' : value
}

export function useCostState(now: number): [CostState, (change: SearchChange) => void] {
  const search = useSearchText()
  const set = useSetSearch()
  // A new moment of the same day changes nothing.
  const day = Math.floor(now / 86_400_000) * 86_400_000
  return [useMemo(() => readCostState(search, day), [search, day]), set]
}
