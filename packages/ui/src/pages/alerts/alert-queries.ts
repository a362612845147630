/** What the page of alerts asks beside what every page knows of them. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { UseQueryResult } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { operations } from '../../api/schema.gen.ts'

type Body<
  Operation extends
    | 'listAlertRules'
    | 'getAlertEvidence'
    | 'listSilences'
    | 'listNotifications'
    | 'listNotifiers'
    | 'testNotifier'
    | 'getAlertSignal',
> = operations[Operation]['responses'][200]['content']['application/json']

export type Rule = Body<'listAlertRules'>['rules'][number]
export type Evidence = Body<'getAlertEvidence'>
export type Silence = Body<'listSilences'>['silences'][number]
export type Attempt = Body<'listNotifications'>['attempts'][number]
export type Notifier = Body<'listNotifiers'>['notifiers'][number]
export type TestResult = Body<'testNotifier'>
export type Signal = Body<'getAlertSignal'>
/** Why an alert is quiet although its value is beyond its threshold. */
export type HeldBack = NonNullable<Rule['samples'][number]['held_back']>
export type ValueFormat = Rule['value_format']

/** Attempts to deliver that are looked at: the latest. */
export const ATTEMPTS_MAX = 1000

export const rulesQuery = queryOptions({
  queryKey: ['alert-rules'],
  queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/alert-rules', { signal }))).rules,
})

export const silencesQuery = queryOptions({
  queryKey: ['silences'],
  queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/silences', { signal }))).silences,
})

export const notifiersQuery = queryOptions({
  queryKey: ['notifiers'],
  queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/notifiers', { signal }))).notifiers,
})

export const attemptsQuery = queryOptions({
  queryKey: ['notifications'],
  queryFn: async ({ signal }) =>
    (await dataOf(api.GET('/api/v1/notifications', { params: { query: { limit: ATTEMPTS_MAX } }, signal })))
      .attempts,
})

/** Only of an alert that is active; others have none. */
export function useEvidence(id: string): UseQueryResult<Evidence> {
  return useQuery({
    queryKey: ['alert-evidence', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/alerts/{id}/evidence', { params: { path: { id } }, signal })),
  })
}

export function useSignal(
  name: string,
  labels: Readonly<Record<string, string>>,
  hours: number,
): UseQueryResult<Signal> {
  const prefixed = Object.fromEntries(Object.entries(labels).map(([key, value]) => [`label.${key}`, value]))
  return useQuery({
    queryKey: ['alert-signal', name, labels, hours],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/alert-signal', { params: { query: { name, hours, ...prefixed } }, signal })),
    placeholderData: keepPreviousData,
  })
}

/** The text of a runbook does not change while the daemon runs. */
export function useRunbook(name: string): UseQueryResult<string> {
  return useQuery({
    queryKey: ['runbook', name],
    queryFn: async ({ signal }) =>
      (await dataOf(api.GET('/api/v1/runbooks/{name}', { params: { path: { name } }, signal }))).markdown,
    staleTime: 'static',
  })
}
