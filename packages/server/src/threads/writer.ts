/**
 * The writer: takes bodies through decode, enrich, store and rollup in one transaction for a group of them, and
 * answers after the commit. Runs on its own thread; nothing else writes.
 */
import {
  CardinalityGuard,
  DAY_MS,
  findMetric,
  labelObject,
  labelValues,
  LIMITS,
  MeasurementBuffer,
  METRICS,
  weightOf,
} from '@ragmeter/core'
import type { LedgerRow, Measurement, ParsedBatch, TraceEvent } from '@ragmeter/core'
import { decodeBatch, decodeObject } from '../ingest/decode.ts'
import { enrich } from '../enrich/enrich.ts'
import type { Enrichment } from '../enrich/enrich.ts'
import { redact } from '../enrich/redact.ts'
import type { Database, Statement } from '../lib/sqlite.ts'
import { rollBack, sqliteCode } from '../lib/sqlite.ts'
import { heldBucketOf } from '../rollup/resolution.ts'
import { RollupTables } from '../rollup/rollup.ts'
import type { JournalEntry } from '../rollup/rollup.ts'
import { acceptSequence, ClientTable } from '../store/sqlite/clients.ts'
import type { ClientRecord } from '../store/sqlite/clients.ts'
import { LateEventTables, parseLateEvents } from '../store/sqlite/late-events.ts'
import { storeError } from '../store/sqlite/open.ts'
import { storedId } from '../store/sqlite/trace-id.ts'
import { TraceTable } from '../store/sqlite/trace-rows.ts'
import type { CommitReport, IngestBody, IngestOutcome, StoredSeries } from '../store/store.ts'
import { addCounts, emptyReport, mergeCommitted } from './committed.ts'
import type { Committed } from './committed.ts'
import { batchResponse, lateEventsResponse, rejectedOf } from './ingest-response.ts'
import type { Rejected } from './ingest-response.ts'
import { Journal } from './journal.ts'

export interface WriterOptions extends Enrichment {
  path: string
  /** Metadata keys that are exact breakdowns of the ledger. */
  dimensions: readonly string[]
  /** Why what is written now would be lost; null if it would not. */
  findLoss: () => string | null
  /** Lifetime totals at the start: the labels of those that are not idle are admitted first. */
  knownSeries: readonly StoredSeries[]
}

const RETRY_AFTER_SECONDS = 5
/** As long as a service that is silent stays on `/metrics`. */
const SERIES_IDLE_MS = 7 * DAY_MS
/** Rows of both kinds in one group: as many as a day has room for, so that one body does not fold what would fit. */
const LEDGER_ROWS_MAX = 2 * LIMITS.ledgerKeysPerDayMax
const JOURNAL_FULL = 'The journal of measurements cannot be folded, and is full.'
/** Needs as much room as a small batch: it fails while a batch would. */
const PROBE = `INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', zeroblob(65536));
  DELETE FROM meta WHERE key = 'probe'`

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
  /** What fails now, and why. */
  readonly failures = new Map<'commit' | 'fold' | 'retention', string>()

  readonly #database: Database
  readonly #options: WriterOptions
  readonly #traces: TraceTable
  readonly #clients: ClientTable
  readonly #lateEvents: LateEventTables
  readonly #journal: Journal
  readonly #guard: CardinalityGuard
  readonly #buffer: MeasurementBuffer
  readonly #findUndated: Statement
  readonly #insertUndated: Statement

  constructor(database: Database, options: WriterOptions) {
    this.#database = database
    this.#options = options
    this.#traces = new TraceTable(database)
    this.#clients = new ClientTable(database)
    this.#lateEvents = new LateEventTables(database)
    this.#findUndated = database.prepare('SELECT timestamp FROM undated_traces WHERE id = ?')
    this.#insertUndated = database.prepare(
      'INSERT OR IGNORE INTO undated_traces (id, timestamp) VALUES (?, ?)',
    )
    this.#guard = new CardinalityGuard((metric, label, service) => {
      this.#buffer.at(Date.now()).count(METRICS.labelOverflow, 1, service, metric.name, label)
    })
    const countFoldedOrg = (service: string) =>
      this.#buffer.at(Date.now()).count(METRICS.labelOverflow, 1, service, METRICS.requests.name, 'org')
    this.#buffer = new MeasurementBuffer({
      guard: this.#guard,
      dimensions: options.dimensions,
      rowsMax: LEDGER_ROWS_MAX,
      onOverflow: countFoldedOrg,
    })
    this.#admit(options.knownSeries, Date.now())
    this.#journal = new Journal(database, this.#guard, new RollupTables(database, countFoldedOrg))
    // What a crash left in the journal belongs to the lifetime totals that are read next.
    this.fold(Date.now())
  }

  /** Stores bodies together. Never throws: what cannot be stored is refused, each body for its own reason. */
  commit(bodies: readonly IngestBody[]): Committed {
    const loss = this.findLoss()
    if (loss !== null) return refuseAll(bodies, loss)
    if (this.#journal.isFull) return this.#failed(bodies, JOURNAL_FULL)
    try {
      return this.#commitGroup(bodies)
    } catch (error) {
      this.#rollBack()
      if (sqliteCode(error) !== undefined) return this.#failed(bodies, this.#reasonOf(error))
      // One body broke the group: in halves, until it is alone and breaks only itself.
      if (bodies.length > 1) {
        const half = Math.ceil(bodies.length / 2)
        return mergeCommitted([this.commit(bodies.slice(0, half)), this.commit(bodies.slice(half))])
      }
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
    try {
      this.#journal.fold(now)
      this.failures.delete('fold')
    } catch (error) {
      this.failures.set('fold', this.#reasonOf(error))
      throw storeError(error, this.#options.path)
    }
  }

  /** After a refused commit: tries to write, so that a daemon which nobody sends to while it is ill gets well again. */
  probe(): void {
    if (!this.failures.has('commit') || this.#journal.isFull) return
    try {
      this.#database.exec(PROBE)
      this.failures.delete('commit')
    } catch (error) {
      rollBack(this.#database)
      this.failures.set('commit', this.#reasonOf(error))
    }
  }

  /** Series that were idle for long make room for others; their totals stay. */
  releaseIdleSeries(now: number): void {
    const idle = this.#database.prepare('SELECT metric, labels FROM series WHERE last_seen < ?')
    for (const row of idle.iterate(now - SERIES_IDLE_MS)) {
      const metric = findMetric(String(row['metric']))
      if (metric !== undefined) this.#guard.release(metric, JSON.parse(String(row['labels'])) as string[])
    }
  }

  /** Those that are idle would take the places of others, whose entries in the journal would be folded then. */
  #admit(series: readonly StoredSeries[], now: number): void {
    for (const { metric: name, labels, lastSeen } of series) {
      const metric = findMetric(name)
      if (metric !== undefined && lastSeen >= now - SERIES_IDLE_MS) this.#guard.admit(metric, labels)
    }
  }

  /** Why what is written now would be lost, although writing works; null if it would not. */
  findLoss(): string | null {
    return this.#options.findLoss()
  }

  get shouldFold(): boolean {
    return this.#journal.shouldFold
  }

  /** Why writing fails now; null when it works. */
  get writeError(): string | null {
    const loss = this.findLoss()
    if (loss !== null) return loss
    for (const message of this.failures.values()) return message
    return null
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
    if (text !== null) this.#journal.write(text)
    const commitStartedAt = performance.now()
    this.#database.exec('COMMIT')
    group.report.commitMs = performance.now() - commitStartedAt
    this.lastCommitAt = bodies.at(-1)?.receivedAt ?? this.lastCommitAt
    this.failures.delete('commit')
    this.storedTraces += group.report.tracesStored
    if (text !== null) this.#journal.add(entry, text)
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
    const rejected = rejectedOf(batch)
    if (record !== undefined && batch.sequence !== undefined && !acceptSequence(record, batch.sequence)) {
      record.duplicates += 1
      report.tracesDuplicate += accepted
      return { outcome: 'stored', response: batchResponse(batch, rejected, true) }
    }
    this.#storeTraces(batch, body.receivedAt, group)
    this.#mergeMeasurements(batch, body, group)
    if (record !== undefined) noteBatch(record, batch, rejected)
    if (batch.resource.service !== undefined) see(group, batch.resource.service, body.receivedAt)
    report.tracesRejected += rejected.traces
    report.measurementsRejected += rejected.measurements
    report.ledgerRowsRejected += rejected.ledgerRows
    addCounts(report.issues, batch.issueCounts)
    return { outcome: 'stored', response: batchResponse(batch, rejected, false) }
  }

  #storeTraces(batch: ParsedBatch, now: number, group: Group): void {
    const measured = batch.measurements !== undefined
    for (const { event, undated } of batch.traces) {
      if (undated) this.#date(event)
      enrich(event, this.#options)
      if (!this.#traces.insert(event)) {
        group.report.tracesDuplicate += 1
        continue
      }
      group.report.tracesStored += 1
      const moment = heldBucketOf(event.timestamp, now)
      this.#buffer.at(moment).count(METRICS.tracesStored, 1, event.service)
      if (measured) continue
      const probability = event.kept?.probability
      this.#buffer.record(event, probability === undefined ? 1 : weightOf(event.id, probability), moment)
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
        const admitted = this.#guard.admit(metric, labelValues(metric, measurement.labels))
        pushTo(group.gauges, instance, { ...measurement, labels: labelObject(metric, admitted) })
      } else {
        this.#buffer
          .at(measurement.minute)
          .merge(metric, labelValues(metric, measurement.labels), measurement)
      }
      const service = measurement.labels['service']
      if (service !== undefined) see(group, service, body.receivedAt)
    }
    for (const row of batch.ledger) group.ledger.push(row)
  }

  #storeLateEvents(body: IngestBody, kind: 'feedback' | 'scores', group: Group): IngestOutcome {
    const decoded = decodeObject(body.bytes)
    if ('code' in decoded) return { outcome: 'refused', ...decoded }
    const late = parseLateEvents(kind, decoded.value)
    const registry = this.#buffer.at(body.receivedAt)
    if (late.kind === 'feedback') {
      for (const event of late.events) {
        if (event.comment !== undefined) event.comment = redact(event.comment)
        if (!this.#lateEvents.insertFeedback(event, body.receivedAt)) continue
        registry.count(METRICS.feedback, 1, event.service, event.rating)
      }
    } else {
      for (const event of late.events) {
        if (!this.#lateEvents.insertScore(event, body.receivedAt)) continue
        registry.observe(METRICS.quality, event.score, 1, event.service, event.metric, event.source)
      }
    }
    addCounts(group.report.issues, late.issueCounts)
    const accepted = late.events.length
    return { outcome: 'stored', response: lateEventsResponse(accepted, late.count - accepted, late) }
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
    rollBack(this.#database)
    this.#buffer.drain()
    this.#clients.reset()
  }

  #failed(bodies: readonly IngestBody[], message: string): Committed {
    this.failures.set('commit', message)
    return refuseAll(bodies, message)
  }

  #reasonOf(error: unknown): string {
    return storeError(error, this.#options.path).message
  }
}

function refuseAll(bodies: readonly IngestBody[], message: string): Committed {
  const outcomes = bodies.map((): IngestOutcome => ({
    outcome: 'refused',
    code: 'storage_unavailable',
    message,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  }))
  return { outcomes, entry: null, seen: [], report: emptyReport(bodies.length) }
}

function noteBatch(record: ClientRecord, batch: ParsedBatch, rejected: Rejected): void {
  record.batches += 1
  record.tracesAccepted += batch.traces.length
  record.tracesRejected += rejected.traces
  record.measurementsRejected += rejected.measurements
  record.ledgerRowsRejected += rejected.ledgerRows
  // A late batch that comes after the goodbye does not take it back.
  if (batch.sequence === undefined || batch.sequence === record.lastSequence) record.closed = batch.closed
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
