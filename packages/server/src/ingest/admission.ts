/** Bounds what is being received, parsed and committed at one time. Beyond it a client is told to come back. */
import { LIMITS, RagmeterError } from '@ragmeter/core'

/** Seconds after which an overloaded daemon is asked again: a commit takes milliseconds, a backlog some seconds. */
const RETRY_AFTER_SECONDS = 2

export interface AdmissionLimits {
  /** @default LIMITS.inFlightBytesMax */
  bytesMax?: number
  /** @default LIMITS.inFlightRequestsMax */
  requestsMax?: number
}

export class Admission {
  readonly #bytesMax: number
  readonly #requestsMax: number
  #bytes = 0
  #requests = 0

  constructor(limits: AdmissionLimits = {}) {
    this.#bytesMax = limits.bytesMax ?? LIMITS.inFlightBytesMax
    this.#requestsMax = limits.requestsMax ?? LIMITS.inFlightRequestsMax
  }

  get bytes(): number {
    return this.#bytes
  }

  get requests(): number {
    return this.#requests
  }

  /** @throws RagmeterError `overloaded` */
  enter(): AdmissionTicket {
    if (this.#requests >= this.#requestsMax) {
      throw overloaded(`${this.#requests} requests are waiting to be committed`)
    }
    this.#requests += 1
    return new AdmissionTicket(this)
  }

  /** For tickets. @throws RagmeterError `overloaded` */
  claim(bytes: number): void {
    if (this.#bytes + bytes > this.#bytesMax) {
      throw overloaded(`${this.#bytes} bytes are waiting to be committed`)
    }
    this.#bytes += bytes
  }

  /** For tickets. */
  leave(bytes: number): void {
    this.#requests -= 1
    this.#bytes -= bytes
  }
}

/** The place of one request. */
export class AdmissionTicket {
  readonly #admission: Admission
  #bytes = 0
  #released = false

  constructor(admission: Admission) {
    this.#admission = admission
  }

  /** Claims bytes as they arrive, not as they are announced: an announcement must not block others. @throws RagmeterError `overloaded` */
  grow(bytes: number): void {
    this.#admission.claim(bytes)
    this.#bytes += bytes
  }

  /** Gives back everything; once. */
  release(): void {
    if (this.#released) return
    this.#released = true
    this.#admission.leave(this.#bytes)
  }
}

function overloaded(message: string): RagmeterError {
  return new RagmeterError('overloaded', message, { retryAfterSeconds: RETRY_AFTER_SECONDS })
}
