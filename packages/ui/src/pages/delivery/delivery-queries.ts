/** What the page of delivery asks the daemon about itself and its clients. */
import { queryOptions } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { operations } from '../../api/schema.gen.ts'

type Body<Operation extends 'getStorage' | 'getDaemon' | 'listClients'> =
  operations[Operation]['responses'][200]['content']['application/json']

export type Storage = Body<'getStorage'>
export type DaemonLoad = Body<'getDaemon'>
export type Client = Body<'listClients'>['clients'][number]

/** The API lists no more than these. */
export const CLIENTS_MAX = 1000

export const storageQuery = queryOptions({
  queryKey: ['storage'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/storage', { signal })),
})

export const daemonQuery = queryOptions({
  queryKey: ['daemon'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/daemon', { signal })),
})

export const clientsQuery = queryOptions({
  queryKey: ['clients'],
  queryFn: async ({ signal }) => (await dataOf(api.GET('/api/v1/clients', { signal }))).clients,
})
