/** Delivery accounting: who sent what, which batch numbers are done, what the clients themselves dropped. */
import { LIMITS } from '@ragmeter/core'
import type { ClientInfo } from '@ragmeter/core'
import type { Database, SqlRow, Statement } from '../../lib/sqlite.ts'
import type { ClientState } from '../store.ts'

/** Gaps remembered per client; the oldest is given up first, and a late batch of it counts as a duplicate. */
const GAPS_MAX = 256
/** Clients held in memory between commits. */
const CACHED_MAX = 2000
/** Clients held in the database: processes that live for one request each make a new one every time. */
const STORED_MAX = 100_000
/** Silent for longer than this, without a goodbye: what the process still held is unknown. */
export const SILENT_AFTER_MS = 5 * 60_000

/** Batch numbers that were skipped and may still come: the first and the last of a run. */
export type Gap = readonly [first: number, last: number]

export interface ClientRecord {
  instance: string
  name: string | null
  version: string | null
  service: string | null
  lastSequence: number
  /** Ascending. */
  gaps: Gap[]
  /** Batch numbers of gaps that were forgotten for GAPS_MAX newer ones. */
  gapsGivenUp: number
  batches: number
  duplicates: number
  tracesAccepted: number
  tracesRejected: number
  measurementsRejected: number
  ledgerRowsRejected: number
  dropped: Record<string, number>
  firstSeen: number
  lastSeen: number
  closed: boolean
}

export class ClientTable {
  readonly #select: Statement
  readonly #upsert: Statement
  readonly #cache = new Map<string, ClientRecord>()
  readonly #touched = new Set<ClientRecord>()

  constructor(database: Database) {
    this.#select = database.prepare('SELECT * FROM clients WHERE instance = ?')
    this.#upsert = database.prepare(
      `INSERT OR REPLACE INTO clients (instance, name, version, service, last_sequence, gaps, gaps_given_up, batches, duplicates,
        traces_accepted, traces_rejected, measurements_rejected, ledger_rows_rejected, dropped, first_seen, last_seen,
        closed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
  }

  /** The record of a client, to be changed; `save` writes it. */
  open(client: ClientInfo, service: string | undefined, now: number): ClientRecord {
    let record = this.#cache.get(client.instance)
    if (record === undefined) {
      const row = this.#select.get(client.instance)
      record = row === undefined ? newRecord(client.instance, now) : recordOf(row)
      this.#cache.set(client.instance, record)
    }
    record.name = client.name ?? record.name
    record.version = client.version ?? record.version
    record.service = service ?? record.service
    record.lastSeen = Math.max(record.lastSeen, now)
    this.#touched.add(record)
    return record
  }

  /** Writes what was opened since the last call; part of the transaction of the batches. */
  save(): void {
    for (const record of this.#touched) {
      this.#upsert.run(
        record.instance,
        record.name,
        record.version,
        record.service,
        record.lastSequence,
        JSON.stringify(record.gaps),
        record.gapsGivenUp,
        record.batches,
        record.duplicates,
        record.tracesAccepted,
        record.tracesRejected,
        record.measurementsRejected,
        record.ledgerRowsRejected,
        JSON.stringify(record.dropped),
        record.firstSeen,
        record.lastSeen,
        record.closed ? 1 : 0,
      )
    }
    this.#touched.clear()
    // Only now: a record that is forgotten before it is written would be read again as it was.
    if (this.#cache.size > CACHED_MAX) this.#cache.clear()
  }

  /** Forgets what is in memory, after a transaction was rolled back. */
  reset(): void {
    this.#cache.clear()
    this.#touched.clear()
  }
}

/**
 * Takes note of a batch number, whatever the order they come in.
 * @param sequence a whole number >= 1
 * @returns false if the batch was already stored: it must not be counted again
 */
export function acceptSequence(record: ClientRecord, sequence: number): boolean {
  const { gaps, lastSequence } = record
  if (sequence > lastSequence) {
    record.lastSequence = sequence
    if (sequence > lastSequence + 1) gaps.push([lastSequence + 1, sequence - 1])
  } else {
    const position = gaps.findIndex(([first, last]) => first <= sequence && sequence <= last)
    const gap = gaps[position]
    if (gap === undefined) return false
    const [first, last] = gap
    const rest: Gap[] = [
      [first, sequence - 1],
      [sequence + 1, last],
    ]
    gaps.splice(position, 1, ...rest.filter(([from, to]) => from <= to))
  }
  if (gaps.length > GAPS_MAX) {
    const [first, last] = gaps.shift() ?? [1, 0]
    record.gapsGivenUp += last - first + 1
  }
  return true
}

/** Forgets clients that are silent for long, and beyond STORED_MAX those that are silent longest. */
export function deleteOldClients(database: Database, now: number): void {
  database.prepare('DELETE FROM clients WHERE last_seen < ?').run(now - LIMITS.clientMemoryMs)
  database
    .prepare(
      'DELETE FROM clients WHERE last_seen < (SELECT last_seen FROM clients ORDER BY last_seen DESC LIMIT 1 OFFSET ?)',
    )
    .run(STORED_MAX - 1)
}

function newRecord(instance: string, now: number): ClientRecord {
  return {
    instance,
    name: null,
    version: null,
    service: null,
    lastSequence: 0,
    gaps: [],
    gapsGivenUp: 0,
    batches: 0,
    duplicates: 0,
    tracesAccepted: 0,
    tracesRejected: 0,
    measurementsRejected: 0,
    ledgerRowsRejected: 0,
    dropped: {},
    firstSeen: now,
    lastSeen: now,
    closed: false,
  }
}

function recordOf(row: SqlRow): ClientRecord {
  const text = (column: string) => (row[column] === null ? null : String(row[column]))
  return {
    instance: String(row['instance']),
    name: text('name'),
    version: text('version'),
    service: text('service'),
    lastSequence: Number(row['last_sequence']),
    gaps: JSON.parse(String(row['gaps'])) as Gap[],
    gapsGivenUp: Number(row['gaps_given_up']),
    batches: Number(row['batches']),
    duplicates: Number(row['duplicates']),
    tracesAccepted: Number(row['traces_accepted']),
    tracesRejected: Number(row['traces_rejected']),
    measurementsRejected: Number(row['measurements_rejected']),
    ledgerRowsRejected: Number(row['ledger_rows_rejected']),
    dropped: JSON.parse(String(row['dropped'])) as Record<string, number>,
    firstSeen: Number(row['first_seen']),
    lastSeen: Number(row['last_seen']),
    closed: row['closed'] === 1,
  }
}

/** The clients heard from last, at most a thousand. */
export function queryClients(database: Database, { now }: { now: number }): ClientState[] {
  const rows = database.prepare('SELECT * FROM clients ORDER BY last_seen DESC LIMIT 1000').all()
  return rows.map((row) => {
    const record = recordOf(row)
    const silent = now - record.lastSeen > SILENT_AFTER_MS
    return {
      instance: record.instance,
      name: record.name,
      version: record.version,
      service: record.service,
      last_sequence: record.lastSequence,
      gaps: record.gaps.reduce((sum, [first, last]) => sum + last - first + 1, 0),
      gaps_given_up: record.gapsGivenUp,
      batches: record.batches,
      duplicates: record.duplicates,
      traces_accepted: record.tracesAccepted,
      traces_rejected: record.tracesRejected,
      measurements_rejected: record.measurementsRejected,
      ledger_rows_rejected: record.ledgerRowsRejected,
      dropped: record.dropped,
      first_seen: record.firstSeen,
      last_seen: record.lastSeen,
      state: record.closed ? 'closed' : silent ? 'tail_unknown' : 'live',
    }
  })
}
