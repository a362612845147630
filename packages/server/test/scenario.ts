/** A scenario of the API: what is asked, what the store is then asked, and what comes back. */
import type { Queries, QueryName } from '../src/store/store.ts'
import type { FakeStore } from './fake-store.ts'

/** A minute and a bit after noon, so that rounding shows. */
export const NOW = Date.UTC(2026, 10, 21, 12, 1, 30)

export interface ApiScenario {
  name: string
  path: string
  method?: string
  headers?: Record<string, string>
  /** What the store holds. */
  given?: (store: FakeStore) => void
  status: number
  /** The store's parameters, by query; the whole of what it was asked. */
  asked?: readonly {
    [Name in QueryName]: { name: Name; parameters: Partial<Queries[Name]['parameters']> }
  }[QueryName][]
  /** Part of the answer. */
  body?: unknown
  answerHeaders?: Record<string, string>
}

/** Part of the body of a refusal. */
export function refusal(code: string, path?: string): object {
  return { error: { code, ...(path === undefined ? {} : { path }) } }
}
