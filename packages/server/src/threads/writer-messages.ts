/** What the main thread and the writer say to each other. */
import type {
  AlertWrite,
  BodyKind,
  IngestOutcome,
  StorageState,
  StoredSeries,
  StoreError,
} from '../store/store.ts'
import type { Committed } from './committed.ts'

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

export interface IngestItem {
  id: number
  kind: BodyKind
  bytes: Uint8Array
  receivedAt: number
}

export type ToWriter =
  | { type: 'ingest'; items: readonly IngestItem[] }
  | { type: 'state'; id: number }
  | { type: 'alerts'; id: number; write: AlertWrite }
  | { type: 'close' }

export type FromWriter =
  | { type: 'ready'; series: readonly StoredSeries[] }
  | { type: 'failed'; kind: StoreError['kind']; message: string; hint: string }
  | ({ type: 'committed'; results: readonly { id: number; outcome: IngestOutcome }[] } & Omit<
      Committed,
      'outcomes'
    >)
  | { type: 'state'; id: number; state: StorageState }
  | { type: 'alerts'; id: number; /** Why nothing was written; null if it was. */ error: string | null }
  | { type: 'closed' }
