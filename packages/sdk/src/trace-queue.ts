/** Kept traces on their way to the next batch, as JSON. Bounded: when it is full, the newest is dropped. */

export interface TraceQueueOptions {
  tracesMax: number
  /** In UTF-16 code units of JSON, which is about bytes. */
  lengthMax: number
}

export class TraceQueue {
  readonly #options: TraceQueueOptions
  #traces: string[] = []
  #length = 0

  constructor(options: TraceQueueOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#traces.length
  }

  /** Whether it is time to send, before traces are lost. */
  get isHalfFull(): boolean {
    return this.#traces.length * 2 >= this.#options.tracesMax || this.#length * 2 >= this.#options.lengthMax
  }

  /** @returns false if there is no room */
  push(trace: string): boolean {
    const { tracesMax, lengthMax } = this.#options
    if (this.#traces.length >= tracesMax || this.#length + trace.length > lengthMax) return false
    this.#traces.push(trace)
    this.#length += trace.length
    return true
  }

  /** Takes out all. */
  drain(): string[] {
    const traces = this.#traces
    this.#traces = []
    this.#length = 0
    return traces
  }
}
