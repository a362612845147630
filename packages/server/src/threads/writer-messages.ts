/** What the main thread and the writer say to each other. */
import type { AlertWrite, StorageState, StoredSeries, StoreError } from '../store/store.ts'
import type { Committed } from './committed.ts'
import type { PackedBodies, PackedOutcome } from './packing.ts'

export interface WriterSettings {
  path: string
  retentionDays: number
  /** Cap over database and write-ahead log; null is none. */
  bytesMax: number | null
  dimensions: readonly string[]
  prices: readonly PriceOverride[]
  costPer1kTokens: { inputUsd: number; outputUsd: number } | null
}

export interface PriceOverride {
  provider?: string
  model: string
  inputUsdPerMillion: number
  outputUsdPerMillion: number
  cacheReadUsdPerMillion?: number
  cacheWriteUsdPerMillion?: number
  requestUsd?: number
}

export type ToWriter =
  | { type: 'ingest'; bodies: PackedBodies }
  | { type: 'state'; id: number }
  | { type: 'alerts'; id: number; write: AlertWrite }
  | { type: 'close' }

export type FromWriter =
  | { type: 'ready'; series: readonly StoredSeries[] }
  | { type: 'failed'; kind: StoreError['kind']; message: string; hint: string }
  | ({
      type: 'committed'
      ids: readonly number[]
      /** Of each body, in the order of `ids`. */
      outcomes: readonly PackedOutcome[]
    } & Omit<Committed, 'outcomes'>)
  | { type: 'state'; id: number; state: StorageState }
  | { type: 'alerts'; id: number; /** Why nothing was written; null if it was. */ error: string | null }
  | { type: 'closed' }
