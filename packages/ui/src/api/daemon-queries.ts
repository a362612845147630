/** What the daemon says of itself, for more than one page. */
import { queryOptions } from '@tanstack/react-query'
import { api, dataOf } from './client.ts'
import type { operations } from './schema.gen.ts'

type Body<Operation extends 'getStorage' | 'getDaemon'> =
  operations[Operation]['responses'][200]['content']['application/json']

export type Storage = Body<'getStorage'>
export type DaemonLoad = Body<'getDaemon'>

export const storageQuery = queryOptions({
  queryKey: ['storage'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/storage', { signal })),
})

export const daemonQuery = queryOptions({
  queryKey: ['daemon'],
  queryFn: ({ signal }) => dataOf(api.GET('/api/v1/daemon', { signal })),
})
