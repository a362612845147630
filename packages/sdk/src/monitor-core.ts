/** Builds the parts of a running client and connects them: options -> tracer -> recorder and queue -> exporter. */
import * as crypto from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { createIdGenerator, METRICS } from '@ragmeter/core'
import type { PriceBook, PriceLibrary } from '@ragmeter/core'
import { BatchSealer } from './batch-sealer.ts'
import type { DiagnosticListener } from './diagnostics.ts'
import { Exporter } from './exporter.ts'
import type { DroppedBecause } from './exporter.ts'
import { createHttpTransport } from './http-transport.ts'
import type { ResolvedOptions } from './options.ts'
import { createPrices } from './price.ts'
import { createHasher } from './query-hash.ts'
import { Recorder } from './recorder.ts'
import { Sampler } from './sampler.ts'
import { Spool } from './spool.ts'
import { TraceQueue } from './trace-queue.ts'
import { Tracer } from './tracer.ts'
import type { SealedBatch, Transport } from './transport.ts'
import { SDK_NAME, SDK_VERSION } from './version.ts'

/** What a client is made of besides its options; tests and special surroundings replace parts of it. */
export interface MonitorParts {
  /** Replaces HTTP. */
  transport?: Transport
  /** The module `@pydantic/genai-prices`, where it cannot be loaded by its name (bundles). */
  priceLibrary?: PriceLibrary
  /** Epoch milliseconds. @default Date.now */
  now?: () => number
  /** Milliseconds of a clock that does not jump. @default performance.now */
  monotonicNow?: () => number
  /** 0 <= x < 1. @default Math.random */
  random?: () => number
}

export interface MonitorCore {
  readonly recorder: Recorder
  readonly tracer: Tracer
  readonly prices: PriceBook
  /** Absent when there is nowhere to send. */
  readonly exporter: Exporter | undefined
  readonly spool: Spool | undefined
  readonly monotonicNow: () => number
  readonly now: () => number
  /** Brings the gauges of the client itself up to date. */
  refreshGauges(): void
}

/** JSON of kept traces that wait. */
const QUEUE_BYTES_MAX = 32 * 1024 * 1024

export function createMonitorCore(
  options: ResolvedOptions,
  parts: MonitorParts,
  report: DiagnosticListener,
  onPressure: () => void,
): MonitorCore {
  const now = parts.now ?? Date.now
  const monotonicNow = parts.monotonicNow ?? (() => performance.now())
  const random = parts.random ?? Math.random
  const { service, environment, release } = options
  const defaults = { service, environment, release, instance: crypto.randomUUID() }
  const recorder = new Recorder({ service, dimensions: options.dimensions, now })
  const prices = createPrices(options, parts.priceLibrary, report)
  const transport = parts.transport ?? httpTransport(options, now)
  const queue =
    transport === undefined
      ? undefined
      : new TraceQueue({ tracesMax: options.queueTracesMax, bytesMax: QUEUE_BYTES_MAX })
  const tracer = new Tracer({
    defaults,
    prices,
    ids: createIdGenerator((bytes) => crypto.getRandomValues(bytes)),
    sampler: new Sampler({ ...options, nowMs: monotonicNow() }),
    recorder,
    queue,
    hash: createHasher(options.hashKey),
    hashUserIds: options.hashUserIds,
    now,
    monotonicNow,
    random,
    onPressure,
  })
  const { spoolDirectory: directory, spoolBytesMax: bytesMax } = options
  const spool =
    directory === undefined || transport === undefined
      ? undefined
      : new Spool({ directory, bytesMax, instance: defaults.instance, report })
  const refreshGauges = () => {
    recorder.setQuietly(METRICS.buildInfo, 1, SDK_VERSION, release ?? '')
    recorder.setQuietly(METRICS.sampleRatio, options.sampleRate)
    recorder.setQuietly(METRICS.inFlight, tracer.inFlight)
    recorder.setQuietly(METRICS.telemetryQueue, queue?.size ?? 0)
  }
  const sealer = new BatchSealer(defaults, options.batchBytesMax, now)
  const seal = (closed: boolean): SealedBatch[] => {
    refreshGauges()
    return sealer.seal({ traces: queue?.drain() ?? [], ...recorder.drain() }, closed)
  }
  const exporter =
    transport === undefined
      ? undefined
      : new Exporter({
          transport,
          seal,
          hasNews: () => recorder.isDirty || (queue?.size ?? 0) > 0,
          compresses: parts.transport === undefined && !isLoopback(options.endpoint),
          spool,
          onDropped: (batch, reason) => countDropped(recorder, batch, reason),
          onRejected: (items) => recorder.drop('rejected', items),
          random,
          now,
          monotonicNow,
          report,
        })
  return { recorder, tracer, prices, exporter, spool, monotonicNow, now, refreshGauges }
}

function httpTransport(options: ResolvedOptions, now: () => number): Transport | undefined {
  const { endpoint, token, requestTimeoutMs: timeoutMs } = options
  if (endpoint === null) return undefined
  return createHttpTransport({
    endpoint,
    token,
    timeoutMs,
    userAgent: `${SDK_NAME}/${SDK_VERSION}`,
    now,
  })
}

function isLoopback(endpoint: string | null): boolean {
  if (endpoint === null) return true
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(endpoint).hostname)
}

/** For want of room in memory, traces are lost like those of a full queue; all else is one loss. */
function countDropped(
  recorder: Recorder,
  batch: Pick<SealedBatch, 'traces' | 'measurements' | 'dropped'>,
  reason: DroppedBecause,
): void {
  recorder.restate(batch.dropped ?? {})
  if (reason !== 'measurement_overflow') return recorder.drop(reason, batch.traces + batch.measurements)
  recorder.drop('queue_full', batch.traces)
  recorder.drop('measurement_overflow', batch.measurements)
}
