/** What clients sent and what came of it, added up; and which of them need a look. */
import type { Client } from './delivery-queries.ts'

export interface ClientSums {
  live: number
  /** Gone without a goodbye: what they still held is unknown. */
  unknown: number
  batches: number
  gaps: number
  duplicates: number
  accepted: number
  /** Traces, measurements and ledger rows that the daemon refused. */
  refused: number
  /** By the clients themselves, by reason; the most frequent first. */
  dropped: readonly (readonly [reason: string, count: number])[]
}

export function sumClients(clients: readonly Client[]): ClientSums {
  const add = (read: (client: Client) => number) => clients.reduce((sum, client) => sum + read(client), 0)
  const dropped = new Map<string, number>()
  for (const client of clients) {
    for (const [reason, count] of Object.entries(client.dropped)) {
      if (count > 0) dropped.set(reason, (dropped.get(reason) ?? 0) + count)
    }
  }
  return {
    live: add(({ state }) => Number(state === 'live')),
    unknown: add(({ state }) => Number(state === 'tail_unknown')),
    batches: add(({ batches }) => batches),
    gaps: add(missingOf),
    duplicates: add(({ duplicates }) => duplicates),
    accepted: add((client) => client.traces_accepted),
    refused: add(refusedOf),
    dropped: Array.from(dropped).sort(([, left], [, right]) => right - left),
  }
}

/** Batches that never came; of those skipped long ago none is expected any more. */
export function missingOf(client: Client): number {
  return client.gaps + client.gaps_given_up
}

function refusedOf(client: Client): number {
  return client.traces_rejected + client.measurements_rejected + client.ledger_rows_rejected
}

function droppedOf({ dropped }: Client): number {
  return Object.values(dropped).reduce((sum, count) => sum + count, 0)
}

/** Why a client needs a look, in words; none is fine. */
export function troublesOf(client: Client): string[] {
  return [
    ...counted(missingOf(client), 'batch missing', 'batches missing'),
    ...counted(client.traces_rejected, 'trace refused', 'traces refused'),
    ...counted(client.measurements_rejected, 'measurement refused', 'measurements refused'),
    ...counted(client.ledger_rows_rejected, 'ledger row refused', 'ledger rows refused'),
    ...counted(droppedOf(client), 'item dropped', 'items dropped'),
    ...(client.state === 'tail_unknown' ? ['gone without a goodbye'] : []),
  ]
}

function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [`${count.toLocaleString('en')} ${count === 1 ? one : many}`]
}

/** Those in trouble first, then those heard from last. */
export function orderClients(clients: readonly Client[]): Client[] {
  return clients.toSorted(
    (left, right) => weightOf(right) - weightOf(left) || right.last_seen - left.last_seen,
  )
}

/** Lost numbers weigh more than lost detail, and both more than a process that vanished. */
function weightOf(client: Client): number {
  if (missingOf(client) + client.measurements_rejected + client.ledger_rows_rejected > 0) return 3
  if (client.traces_rejected + droppedOf(client) > 0) return 2
  return client.state === 'tail_unknown' ? 1 : 0
}
