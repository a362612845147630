/**
 * Kept traces on their way to the next batch: JSON, written into blocks of memory as it will be sent, so that a full
 * queue is a few blocks for the garbage collector and not a hundred thousand objects. Bounded: when it is full, the
 * newest trace is dropped.
 */

export interface TraceQueueOptions {
  tracesMax: number
  bytesMax: number
}

/** Traces as they stand in the list of a batch: JSON objects with commas between them. */
export interface TraceBlock {
  readonly bytes: Uint8Array
  readonly traces: number
}

const BLOCK_BYTES = 64 * 1024
const COMMA = 0x2c

export class TraceQueue {
  readonly #options: TraceQueueOptions
  #blocks: TraceBlock[] = []
  #open = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  #openUsed = 0
  #openTraces = 0
  #size = 0
  #bytes = 0

  constructor(options: TraceQueueOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#size
  }

  /** Whether it is time to send, before traces are lost. */
  get isHalfFull(): boolean {
    return this.#size * 2 >= this.#options.tracesMax || this.#bytes * 2 >= this.#options.bytesMax
  }

  /**
   * @param trace one JSON object, in ASCII
   * @returns false if there is no room
   */
  push(trace: string): boolean {
    const { tracesMax, bytesMax } = this.#options
    if (this.#size >= tracesMax || this.#bytes + trace.length > bytesMax) return false
    if (this.#openUsed + trace.length + 1 > this.#open.byteLength) this.#seal(trace.length)
    if (this.#openTraces > 0) {
      this.#open[this.#openUsed] = COMMA
      this.#openUsed += 1
    }
    this.#open.write(trace, this.#openUsed, 'latin1')
    this.#openUsed += trace.length
    this.#openTraces += 1
    this.#size += 1
    this.#bytes += trace.length
    return true
  }

  /** Takes out all. */
  drain(): TraceBlock[] {
    this.#seal(0)
    const blocks = this.#blocks
    this.#blocks = []
    this.#size = 0
    this.#bytes = 0
    return blocks
  }

  #seal(roomFor: number): void {
    if (this.#openTraces === 0 && roomFor <= this.#open.byteLength) return
    if (this.#openTraces > 0) {
      this.#blocks.push({ bytes: this.#open.subarray(0, this.#openUsed), traces: this.#openTraces })
    }
    this.#open = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, roomFor))
    this.#openUsed = 0
    this.#openTraces = 0
  }
}
