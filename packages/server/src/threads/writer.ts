/**
 * The writer: takes bodies through decode, enrich, store and rollup in one transaction for a group of them, and
 * answers after the commit. Runs on its own thread; nothing else writes.
 */
import {
  CardinalityGuard,
  findMetric,
  labelValues,
  LIMITS,
  MeasurementBuffer,
  METRICS,
  weightOf,
} from '@ragmeter/core'
import type { LedgerRow, Measurement, MetricDefinition, ParsedBatch, TraceEvent } from '@ragmeter/core'
import { decodeBatch, decodeObject } from '../ingest/decode.ts'
import { enrich } from '../enrich/enrich.ts'
import type { Enrichment } from '../enrich/enrich.ts'
import type { Database, Statement } from '../lib/sqlite.ts'
import { sqliteCode } from '../lib/sqlite.ts'
import { RollupTables } from '../rollup/rollup.ts'
import type { JournalEntry } from '../rollup/rollup.ts'
import { acceptSequence, ClientTable } from '../store/sqlite/clients.ts'
import type { ClientRecord } from '../store/sqlite/clients.ts'
import { LateEventTables, parseLateEvents } from '../store/sqlite/late-events.ts'
import { storeError } from '../store/sqlite/open.ts'
import { storedId } from '../store/sqlite/trace-id.ts'
import { TraceTable } from '../store/sqlite/trace-rows.ts'
import type { CommitReport, IngestBody, IngestOutcome } from '../store/store.ts'
import { issueCounts, responseText } from './ingest-response.ts'
import { Pending } from './pending.ts'

export interface WriterOptions extends Enrichment {
  path: string
  /** Metadata keys that are exact breakdowns of the ledger. */
  dimensions: readonly string[]
  /** Lifetime totals at the start: their labels are admitted first. */
  knownSeries: readonly { metric: MetricDefinition; labels: readonly string[] }[]
}

/** What a committed group adds, besides its answers. */
export interface Committed {
  outcomes: IngestOutcome[]
  /** JSON of the JournalEntry: as it lies in the journal, so it is made once. Null if the group adds nothing. */
  entry: string | null
  seen: { service: string; at: number }[]
  report: CommitReport
}

/** Folding before the journal gets long keeps queries, which read it, fast. */
const JOURNAL_ROWS_MAX = 256
const JOURNAL_CHARACTERS_MAX = 2 * 1024 * 1024
const RETRY_AFTER_SECONDS = 5

/** What one group collects while its transaction is open. */
interface Group {
  ledger: LedgerRow[]
  gauges: Map<string, Measurement[]>
  seen: Map<string, number>
  report: CommitReport
}

export class Writer {
  /** Traces that started before it are refused. Retention moves it. */
  oldestAccepted = 0
  lastCommitAt: number | null = null
  /** Traces inserted since the start. */
  storedTraces = 0
  /** Why writing fails now. */
  writeError: string | null = null

  readonly #database: Database
  readonly #options: WriterOptions
  readonly #traces: TraceTable
  readonly #clients: ClientTable
  readonly #lateEvents: LateEventTables
  readonly #rollups: RollupTables
  readonly #pending: Pending
  readonly #buffer: MeasurementBuffer
  readonly #insertJournal: Statement
  readonly #findUndated: Statement
  readonly #insertUndated: Statement
  #journalRows = 0
  #journalCharacters = 0

  constructor(database: Database, options: WriterOptions) {
    this.#database = database
    this.#options = options
    this.#traces = new TraceTable(database)
    this.#clients = new ClientTable(database)
    this.#lateEvents = new LateEventTables(database)
    this.#rollups = new RollupTables(database)
    this.#insertJournal = database.prepare('INSERT INTO measurement_journal (body) VALUES (?)')
    this.#findUndated = database.prepare('SELECT timestamp FROM undated_traces WHERE id = ?')
    this.#insertUndated = database.prepare(
      'INSERT OR IGNORE INTO undated_traces (id, timestamp) VALUES (?, ?)',
    )
    const guard = new CardinalityGuard((metric, label, service) => {
      this.#buffer.at(Date.now()).count(METRICS.labelOverflow, 1, service, metric.name, label)
    })
    this.#buffer = new MeasurementBuffer({ guard, dimensions: options.dimensions })
    this.#pending = new Pending(guard)
    for (const { metric, labels } of options.knownSeries) guard.admit(metric, labels)
    this.#recover()
  }

  /** Stores bodies together. Never throws: what cannot be stored is refused, each body for its own reason. */
  commit(bodies: readonly IngestBody[]): Committed {
    try {
      return this.#commitGroup(bodies)
    } catch (error) {
      this.#rollBack()
      if (sqliteCode(error) !== undefined) return this.#refuseAll(bodies, error)
      // One body broke the group: alone, it breaks only itself.
      if (bodies.length > 1) return mergeCommitted(bodies.map((body) => this.commit([body])))
      const outcome: IngestOutcome = {
        outcome: 'refused',
        code: 'internal',
        message: 'The body could not be stored.',
      }
      return { outcomes: [outcome], entry: null, seen: [], report: emptyReport(1) }
    }
  }

  /** Folds what is pending into rollups, totals and ledger. @throws StoreError and stays pending */
  fold(now: number): void {
    if (this.#journalRows === 0) return
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      const { measurements, ledger } = this.#pending.drain()
      for (const measurement of measurements) this.#rollups.add(measurement, now)
      for (const row of ledger) this.#rollups.book(row)
      this.#database.exec('DELETE FROM measurement_journal')
      this.#database.exec('COMMIT')
      this.#journalRows = 0
      this.#journalCharacters = 0
      this.writeError = null
    } catch (error) {
      this.#rollBack()
      this.#pending.drain()
      this.#loadJournal()
      const failure = storeError(error, this.#options.path)
      this.writeError = failure.message
      throw failure
    }
  }

  get shouldFold(): boolean {
    return this.#journalRows >= JOURNAL_ROWS_MAX || this.#journalCharacters >= JOURNAL_CHARACTERS_MAX
  }

  #commitGroup(bodies: readonly IngestBody[]): Committed {
    const startedAt = performance.now()
    const group: Group = {
      ledger: [],
      gauges: new Map(),
      seen: new Map(),
      report: emptyReport(bodies.length),
    }
    this.#database.exec('BEGIN IMMEDIATE')
    const outcomes = bodies.map((body) => this.#store(body, group))
    this.#clients.save()
    const entry = this.#drain(group)
    const text = isEmpty(entry) ? null : JSON.stringify(entry)
    if (text !== null) this.#insertJournal.run(text)
    const commitStartedAt = performance.now()
    this.#database.exec('COMMIT')
    group.report.commitMs = performance.now() - commitStartedAt
    this.lastCommitAt = bodies.at(-1)?.receivedAt ?? this.lastCommitAt
    this.writeError = null
    this.storedTraces += group.report.tracesStored
    if (text !== null) {
      this.#pending.add(entry)
      this.#journalRows += 1
      this.#journalCharacters += text.length
    }
    group.report.durationMs = performance.now() - startedAt
    return {
      outcomes,
      entry: text,
      seen: Array.from(group.seen, ([service, at]) => ({ service, at })),
      report: group.report,
    }
  }

  #store(body: IngestBody, group: Group): IngestOutcome {
    return body.kind === 'batch'
      ? this.#storeBatch(body, group)
      : this.#storeLateEvents(body, body.kind, group)
  }

  #storeBatch(body: IngestBody, group: Group): IngestOutcome {
    const decoded = decodeBatch(body.bytes, { receivedAt: body.receivedAt, oldest: this.oldestAccepted })
    if ('code' in decoded) return { outcome: 'refused', ...decoded }
    const batch = decoded.value
    const { report } = group
    const record = batch.client && this.#clients.open(batch.client, batch.resource.service, body.receivedAt)
    const accepted = batch.traces.length
    const rejected = batch.traceCount - accepted
    if (record !== undefined && batch.sequence !== undefined && !acceptSequence(record, batch.sequence)) {
      record.duplicates += 1
      report.tracesDuplicate += accepted
      return { outcome: 'stored', response: responseText(accepted, rejected, batch.issues, true) }
    }
    this.#storeTraces(batch, group)
    this.#mergeMeasurements(batch, body, group)
    if (record !== undefined) noteBatch(record, batch, accepted, rejected)
    if (batch.resource.service !== undefined) see(group, batch.resource.service, body.receivedAt)
    report.tracesRejected += rejected
    issueCounts(batch.issues, report.issues)
    return { outcome: 'stored', response: responseText(accepted, rejected, batch.issues, false) }
  }

  #storeTraces(batch: ParsedBatch, group: Group): void {
    const measured = batch.measurements !== undefined
    for (const { event, undated } of batch.traces) {
      if (undated) this.#date(event)
      enrich(event, this.#options)
      if (!this.#traces.insert(event)) {
        group.report.tracesDuplicate += 1
        continue
      }
      group.report.tracesStored += 1
      if (measured) continue
      const probability = event.kept?.probability
      this.#buffer.record(event, probability === undefined ? 1 : weightOf(event.id, probability))
      see(group, event.service, event.timestamp)
    }
  }

  /** A trace with an id but no start: a retry must get the start of the first try. */
  #date(event: TraceEvent): void {
    const id = storedId(event.id)
    const known = this.#findUndated.get(id)
    if (known === undefined) this.#insertUndated.run(id, event.timestamp)
    else event.timestamp = Number(known['timestamp'])
  }

  #mergeMeasurements(batch: ParsedBatch, body: IngestBody, group: Group): void {
    for (const measurement of batch.measurements ?? []) {
      const metric = findMetric(measurement.metric)
      if (metric === undefined) continue
      if (measurement.type === 'gauge') {
        const instance = batch.client?.instance ?? ''
        pushTo(group.gauges, instance, measurement)
      } else {
        this.#buffer
          .at(measurement.minute)
          .merge(metric, labelValues(metric, measurement.labels), measurement)
      }
      const service = measurement.labels['service']
      if (service !== undefined) see(group, service, body.receivedAt)
    }
    group.ledger.push(...batch.ledger)
  }

  #storeLateEvents(body: IngestBody, kind: 'feedback' | 'scores', group: Group): IngestOutcome {
    const decoded = decodeObject(body.bytes)
    if ('code' in decoded) return { outcome: 'refused', ...decoded }
    const late = parseLateEvents(kind, decoded.value)
    const registry = this.#buffer.at(body.receivedAt)
    if (late.kind === 'feedback') {
      for (const event of late.events) {
        if (!this.#lateEvents.insertFeedback(event, body.receivedAt)) continue
        registry.count(METRICS.feedback, 1, event.service, event.rating)
      }
    } else {
      for (const event of late.events) {
        if (!this.#lateEvents.insertScore(event, body.receivedAt)) continue
        registry.observe(METRICS.quality, event.score, 1, event.service, event.metric, event.source)
      }
    }
    issueCounts(late.issues, group.report.issues)
    const accepted = late.events.length
    return { outcome: 'stored', response: responseText(accepted, late.count - accepted, late.issues, false) }
  }

  /** What the group adds: counters and histograms, and the gauges of those that sent no measurements. */
  #drain(group: Group): JournalEntry {
    const { measurements, ledger } = this.#buffer.drain()
    const sums: Measurement[] = []
    for (const measurement of measurements) {
      if (measurement.type === 'gauge') pushTo(group.gauges, '', measurement)
      else sums.push(measurement)
    }
    const gauges = Array.from(group.gauges, ([instance, list]) => ({ instance, measurements: list }))
    return {
      measurements: sums,
      ledger: group.ledger.length === 0 ? ledger : [...group.ledger, ...ledger],
      gauges,
    }
  }

  #rollBack(): void {
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself (disk full, I/O error): there is no transaction left to end.
    }
    this.#buffer.drain()
    this.#clients.reset()
  }

  #refuseAll(bodies: readonly IngestBody[], error: unknown): Committed {
    const failure = storeError(error, this.#options.path)
    this.writeError = failure.message
    const outcomes = bodies.map((): IngestOutcome => ({
      outcome: 'refused',
      code: 'storage_unavailable',
      message: failure.message,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    }))
    return { outcomes, entry: null, seen: [], report: emptyReport(bodies.length) }
  }

  /** After a crash the journal holds what was acknowledged but not yet folded. */
  #recover(): void {
    this.#loadJournal()
    this.fold(Date.now())
  }

  #loadJournal(): void {
    this.#journalRows = 0
    this.#journalCharacters = 0
    for (const row of this.#database.prepare('SELECT body FROM measurement_journal ORDER BY id').iterate()) {
      const body = String(row['body'])
      this.#pending.add(JSON.parse(body) as JournalEntry)
      this.#journalRows += 1
      this.#journalCharacters += body.length
    }
  }
}

function noteBatch(record: ClientRecord, batch: ParsedBatch, accepted: number, rejected: number): void {
  record.batches += 1
  record.tracesAccepted += accepted
  record.tracesRejected += rejected
  record.closed = batch.closed
  for (const [reason, count] of Object.entries(batch.dropped)) {
    record.dropped[reason] = (record.dropped[reason] ?? 0) + count
  }
}

function see(group: Group, service: string, at: number): void {
  if (
    (group.seen.get(service) ?? 0) < at &&
    (group.seen.size < LIMITS.servicesMax || group.seen.has(service))
  ) {
    group.seen.set(service, at)
  }
}

function pushTo<Item>(map: Map<string, Item[]>, key: string, item: Item): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [item])
  else list.push(item)
}

function isEmpty(entry: JournalEntry): boolean {
  return entry.measurements.length === 0 && entry.ledger.length === 0 && entry.gauges.length === 0
}

function emptyReport(bodies: number): CommitReport {
  return {
    bodies,
    tracesStored: 0,
    tracesDuplicate: 0,
    tracesRejected: 0,
    issues: {},
    durationMs: 0,
    commitMs: 0,
  }
}

function mergeCommitted(parts: readonly Committed[]): Committed {
  const entry: { [Key in keyof JournalEntry]: JournalEntry[Key][number][] } = {
    measurements: [],
    ledger: [],
    gauges: [],
  }
  const report = emptyReport(0)
  for (const part of parts) {
    const added = part.entry === null ? undefined : (JSON.parse(part.entry) as JournalEntry)
    entry.measurements.push(...(added?.measurements ?? []))
    entry.gauges.push(...(added?.gauges ?? []))
    report.bodies += part.report.bodies
    report.tracesStored += part.report.tracesStored
    report.tracesDuplicate += part.report.tracesDuplicate
    report.tracesRejected += part.report.tracesRejected
    for (const [code, count] of Object.entries(part.report.issues))
      report.issues[code] = (report.issues[code] ?? 0) + count
    report.durationMs += part.report.durationMs
    report.commitMs += part.report.commitMs
  }
  return {
    outcomes: parts.flatMap(({ outcomes }) => outcomes),
    entry: JSON.stringify(entry),
    seen: parts.flatMap(({ seen }) => seen),
    report,
  }
}
