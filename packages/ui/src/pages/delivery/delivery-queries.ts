/** What the page of delivery asks of the daemon's clients. */
import { queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { operations } from '../../api/schema.gen.ts'

export type Client =
  operations['listClients']['responses'][200]['content']['application/json']['clients'][number]

/** The API lists no more than these. */
export const CLIENTS_MAX = 1000

export const clientsQuery = queryOptions({
  queryKey: ['clients'],
  queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/clients', { signal }))).clients,
})
