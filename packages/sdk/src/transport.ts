/** How sealed batches leave the process. */

export interface SealedBatch {
  /** Identity of the process that sealed it: not this one's, if it lay in the spool. */
  readonly instance: string
  /** 1, 2, 3 ... within the instance. */
  readonly sequence: number
  /** JSON, compressed if `encoding` says so. Sent byte for byte as it is, however often. */
  readonly body: Uint8Array
  readonly encoding: 'gzip' | 'identity'
  /** What is lost if it is dropped. */
  readonly traces: number
  /** Measurements and ledger rows. */
  readonly measurements: number
  /** What it says was dropped before it: said again by the next batch, if this one is dropped too. */
  readonly dropped?: Readonly<Record<string, number>>
  /** Epoch milliseconds. */
  readonly sealedAt: number
}

export type Delivery =
  | {
      readonly kind: 'accepted'
      /** Measurements and ledger rows of the batch that were refused, while the others were taken. @default 0 */
      readonly rejected?: number
    }
  /** The same batch can succeed later. */
  | {
      readonly kind: 'retry'
      readonly reason: string
      /** What to do about it, if more is known than that the daemon should run. */
      readonly hint?: string
      readonly retryAfterMs?: number
      /** An answer that may be final, such as 500: the batch is not sent for ever. */
      readonly isDoubtful?: boolean
    }
  /** The batch will never be taken. */
  | {
      readonly kind: 'rejected'
      readonly reason: string
      readonly hint: string
      readonly isTooLarge: boolean
    }

/** Sends one batch at a time, in order. Never throws: whatever happens is a delivery. */
export interface Transport {
  send(batch: SealedBatch): Promise<Delivery>
  /** Frees what the transport holds; a batch under way is given up. */
  close(): void
}
