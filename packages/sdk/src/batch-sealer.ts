/** Turns what waits into batches: bytes that never change again, each with its sequence number. */
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { LedgerRow, Measurement } from '@ragmeter/core'
import type { EventDefaults } from './open-event.ts'
import type { SealedBatch } from './transport.ts'
import { SDK_NAME, SDK_VERSION } from './version.ts'

export interface BatchContent {
  /** Each one JSON. */
  traces: readonly string[]
  measurements: readonly Measurement[]
  ledger: readonly LedgerRow[]
  dropped: Readonly<Record<string, number>>
}

/** Smaller bodies gain nothing by compression. */
const COMPRESS_ABOVE_BYTES = 1024

const compressBytes = promisify(gzip)

export class BatchSealer {
  readonly #defaults: EventDefaults
  readonly #lengthMax: number
  #sequence = 0

  /** @param lengthMax of the JSON of one batch, in UTF-16 code units; one item that is longer has a batch of its own */
  constructor(defaults: EventDefaults, lengthMax: number) {
    this.#defaults = defaults
    this.#lengthMax = lengthMax
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
    const head = JSON.stringify({
      sequence: this.#sequence,
      ...(closed ? { closed } : {}),
      client: { name: SDK_NAME, version: SDK_VERSION, instance },
      resource: { service, environment, release },
      ...(Object.keys(dropped).length === 0 ? {} : { dropped }),
    })
    // Measurements are always stated: their absence would tell the daemon to measure the traces itself.
    const lists = `"traces":[${part.traces.join(',')}],"measurements":[${part.measurements.join(',')}],"ledger":[${part.ledger.join(',')}]`
    return {
      instance,
      sequence: this.#sequence,
      body: Buffer.from(`${head.slice(0, -1)},${lists}}`),
      encoding: 'identity',
      traces: part.traces.length,
      measurements: part.measurements.length + part.ledger.length,
    }
  }

  #divide(content: BatchContent): Part[] {
    let part = emptyPart()
    const parts = [part]
    const add = (list: 'traces' | 'measurements' | 'ledger', item: string) => {
      if (part.length > 0 && part.length + item.length > this.#lengthMax) parts.push((part = emptyPart()))
      part[list].push(item)
      part.length += item.length + 1
    }
    for (const measurement of content.measurements) add('measurements', JSON.stringify(measurement))
    for (const row of content.ledger) add('ledger', JSON.stringify(row))
    for (const trace of content.traces) add('traces', trace)
    return parts
  }
}

interface Part {
  traces: string[]
  measurements: string[]
  ledger: string[]
  length: number
}

function emptyPart(): Part {
  return { traces: [], measurements: [], ledger: [], length: 0 }
}

/** The form in which a batch is stored and sent. */
export async function compress(batch: SealedBatch): Promise<SealedBatch> {
  if (batch.encoding !== 'identity' || batch.body.byteLength <= COMPRESS_ABOVE_BYTES) return batch
  const body = await compressBytes(batch.body, { level: constants.Z_BEST_SPEED })
  return { ...batch, body, encoding: 'gzip' }
}
