/** Turns what waits into batches: bytes that never change again, each with its sequence number. */
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { LIMITS } from '@ragmeter/core'
import type { LedgerRow, Measurement } from '@ragmeter/core'
import { asciiJson } from './json-text.ts'
import type { EventDefaults } from './open-event.ts'
import type { TraceBlock } from './trace-queue.ts'
import type { SealedBatch } from './transport.ts'
import { SDK_NAME, SDK_VERSION } from './version.ts'

export interface BatchContent {
  traces: readonly TraceBlock[]
  /** What is lost states no minute: see `Recorder.drain`. */
  measurements: readonly (Measurement | Omit<Measurement, 'minute'>)[]
  ledger: readonly LedgerRow[]
  dropped: Readonly<Record<string, number>>
}

/** Smaller bodies gain nothing by compression. */
const COMPRESS_ABOVE_BYTES = 1024

const compressBytes = promisify(gzip)

/** What goes into one batch. */
interface Part {
  traces: TraceBlock[]
  traceCount: number
  measurements: string[]
  ledger: string[]
  bytes: number
}

export class BatchSealer {
  readonly #defaults: EventDefaults
  readonly #bytesMax: number
  readonly #now: () => number
  #sequence = 0

  /**
   * @param bytesMax of one batch before compression; what is larger by itself has a batch of its own
   * @param now epoch milliseconds
   */
  constructor(defaults: EventDefaults, bytesMax: number, now: () => number) {
    this.#defaults = defaults
    this.#bytesMax = bytesMax
    this.#now = now
  }

  /**
   * At least one batch, even if there is nothing to say: it shows that the client lives.
   * @param closed whether the client sends no more after this
   */
  seal(content: BatchContent, closed: boolean): SealedBatch[] {
    const parts = this.#divide(content)
    return parts.map((part, position) => {
      const isLast = position === parts.length - 1
      return this.#sealPart(part, position === 0 ? content.dropped : {}, closed && isLast)
    })
  }

  #sealPart(part: Part, dropped: Readonly<Record<string, number>>, closed: boolean): SealedBatch {
    this.#sequence += 1
    const { service, environment, release, instance } = this.#defaults
    const head = asciiJson({
      sequence: this.#sequence,
      ...(closed ? { closed } : {}),
      client: { name: SDK_NAME, version: SDK_VERSION, instance },
      resource: { service, environment, release },
      ...(Object.keys(dropped).length === 0 ? {} : { dropped }),
    })
    // Measurements are always stated: their absence would tell the daemon to measure the traces itself.
    const tail = `],"measurements":[${part.measurements.join(',')}],"ledger":[${part.ledger.join(',')}]}`
    const pieces: Uint8Array[] = [ascii(`${head.slice(0, -1)},"traces":[`)]
    part.traces.forEach((block, position) => {
      if (position > 0) pieces.push(COMMA)
      pieces.push(block.bytes)
    })
    pieces.push(ascii(tail))
    return {
      instance,
      sequence: this.#sequence,
      body: Buffer.concat(pieces),
      encoding: 'identity',
      traces: part.traceCount,
      measurements: part.measurements.length + part.ledger.length,
      dropped,
      sealedAt: this.#now(),
    }
  }

  #divide(content: BatchContent): Part[] {
    let part = emptyPart()
    const parts = [part]
    const partFor = (bytes: number, hasRoom: (part: Part) => boolean): Part => {
      if (part.bytes > 0 && (part.bytes + bytes > this.#bytesMax || !hasRoom(part))) {
        parts.push((part = emptyPart()))
      }
      part.bytes += bytes
      return part
    }
    for (const measurement of content.measurements) {
      const json = asciiJson(measurement)
      const hasRoom = ({ measurements }: Part) => measurements.length < LIMITS.measurementsPerBatchMax
      partFor(json.length, hasRoom).measurements.push(json)
    }
    for (const row of content.ledger) {
      const json = asciiJson(row)
      const hasRoom = ({ ledger }: Part) => ledger.length < LIMITS.ledgerRowsPerBatchMax
      partFor(json.length, hasRoom).ledger.push(json)
    }
    for (const block of content.traces) {
      const hasRoom = ({ traceCount }: Part) => traceCount + block.traces <= LIMITS.tracesPerBatchMax
      const chosen = partFor(block.bytes.byteLength, hasRoom)
      chosen.traces.push(block)
      chosen.traceCount += block.traces
    }
    return parts
  }
}

function emptyPart(): Part {
  return { traces: [], traceCount: 0, measurements: [], ledger: [], bytes: 0 }
}

const COMMA = ascii(',')

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

/** The form in which a batch is stored and sent. */
export async function compress(batch: SealedBatch): Promise<SealedBatch> {
  if (batch.encoding !== 'identity' || batch.body.byteLength <= COMPRESS_ABOVE_BYTES) return batch
  const body = await compressBytes(batch.body, { level: constants.Z_BEST_SPEED })
  return { ...batch, body, encoding: 'gzip' }
}
