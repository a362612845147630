/**
 * Bodies and their outcomes between the threads. A message costs by the objects that are copied with it, and by the pieces of
 * memory that are moved: so it has lists of plain values, and small bodies share one piece.
 */
import type { BodyKind, IngestBody, IngestOutcome } from '../store/store.ts'

/** Larger bodies are moved: copying them would cost more. */
const SHARED_BYTES_MAX = 16 * 1024

export interface IngestItem extends IngestBody {
  id: number
}

/** The lists have one value for each body, in one order. */
export interface PackedBodies {
  readonly ids: readonly number[]
  readonly kinds: readonly BodyKind[]
  readonly receivedAt: readonly number[]
  /** Bytes of those that lie in `shared`, one behind the other; null for those that are in `large`. */
  readonly sizes: readonly (number | null)[]
  readonly shared: Uint8Array
  readonly large: readonly Uint8Array[]
}

/** @returns the bodies, and the memory that is to be moved with them */
export function packBodies(items: readonly IngestItem[]): { bodies: PackedBodies; moved: ArrayBuffer[] } {
  const sizes = items.map(({ bytes }) => (bytes.length > SHARED_BYTES_MAX ? null : bytes.length))
  const shared = new Uint8Array(sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0))
  const large: Uint8Array[] = []
  let start = 0
  for (const { bytes } of items) {
    if (bytes.length > SHARED_BYTES_MAX) large.push(bytes)
    else {
      shared.set(bytes, start)
      start += bytes.length
    }
  }
  // What is a part of something is copied: moving it would take away the bytes of others.
  const moved = large.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  )
  const bodies = {
    ids: items.map(({ id }) => id),
    kinds: items.map(({ kind }) => kind),
    receivedAt: items.map(({ receivedAt }) => receivedAt),
    sizes,
    shared,
    large,
  }
  return { bodies, moved: [...new Set(moved), shared.buffer] }
}

export function unpackBodies({ ids, kinds, receivedAt, sizes, shared, large }: PackedBodies): IngestItem[] {
  let start = 0
  let nextLarge = 0
  return ids.map((id, position) => {
    const size = sizes[position] ?? null
    const bytes = size === null ? large[nextLarge++] : shared.subarray(start, (start += size))
    const kind = kinds[position]
    if (bytes === undefined || kind === undefined) throw new Error(`the body ${id} is not in its message`)
    return { id, kind, bytes, receivedAt: receivedAt[position] ?? 0 }
  })
}

/** The answer of what is stored, or why it is not. */
export type PackedOutcome = string | (IngestOutcome & { outcome: 'refused' })

export function packOutcome(outcome: IngestOutcome): PackedOutcome {
  return outcome.outcome === 'stored' ? outcome.response : outcome
}

export function unpackOutcome(packed: PackedOutcome): IngestOutcome {
  return typeof packed === 'string' ? { outcome: 'stored', response: packed } : packed
}
