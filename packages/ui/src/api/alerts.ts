/** What every page knows of alerts: those that are active, and when they fired. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { api, dataOf } from './client.ts'
import type { operations } from './schema.gen.ts'

export type AlertsAnswer = operations['listAlerts']['responses'][200]['content']['application/json']
export type Alert = AlertsAnswer['alerts'][number]
export type Transition =
  operations['listAlertHistory']['responses'][200]['content']['application/json']['transitions'][number]

/** The API gives no more at once. */
export const TRANSITIONS_MAX = 1000

/** Alerts that are pending, firing or lately resolved. */
export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/alerts', { signal })),
})

export interface HistoryQuestion {
  from: number
  to: number
  /** Only of this alert. */
  id?: string
}

/** Changes of state, the latest first. */
export function useAlertHistory({ from, to, id }: HistoryQuestion): UseQueryResult<Transition[]> {
  const query = {
    from: String(from),
    to: String(to),
    limit: TRANSITIONS_MAX,
    ...(id === undefined ? {} : { id }),
  }
  return useQuery({
    queryKey: ['alert-history', query],
    queryFn: async ({ signal }) =>
      (await dataOf(api.GET('/api/v1/alerts/history', { params: { query }, signal }))).transitions,
    placeholderData: keepPreviousData,
  })
}

/** Whether somebody is meant to act: the watchdog fires always. */
export function isAlarm({ state, severity }: Pick<Alert, 'state' | 'severity'>): boolean {
  return state === 'firing' && severity !== 'none'
}
