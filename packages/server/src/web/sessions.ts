/** Who has signed in on the page. Kept in memory: a daemon that starts again asks for the token again. */
import { createHash, randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { HOUR_MS, MINUTE_MS } from '@ragmeter/core'

export const SESSION_COOKIE = 'ragmeter_session'
export const SESSION_SECONDS = (12 * HOUR_MS) / 1000

const SESSIONS_MAX = 1000
const ATTEMPTS_MAX = 5
const ADDRESSES_MAX = 10_000

export class Sessions {
  readonly #now: () => number
  /** Digest of the id -> end. An id that leaks from memory would be a key; its digest is not. */
  readonly #ends = new Map<string, number>()
  /** Address -> moments of its last failed attempts. */
  readonly #failures = new Map<string, number[]>()

  /** @param now epoch milliseconds */
  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns the id of a new session, which lasts 12 hours */
  open(): string {
    const id = randomBytes(32).toString('base64url')
    const now = this.#now()
    for (const [key, end] of this.#ends)
      if (end <= now || this.#ends.size >= SESSIONS_MAX) this.#ends.delete(key)
    this.#ends.set(digest(id), now + SESSION_SECONDS * 1000)
    return id
  }

  /** Whether the cookie of a request belongs to a session. */
  isOpen(headers: IncomingHttpHeaders): boolean {
    const id = sessionOf(headers)
    return id !== undefined && (this.#ends.get(digest(id)) ?? 0) > this.#now()
  }

  close(headers: IncomingHttpHeaders): void {
    const id = sessionOf(headers)
    if (id !== undefined) this.#ends.delete(digest(id))
  }

  /** @returns seconds until an address may try again, 0 if it may now */
  waitSeconds(address: string): number {
    const recent = this.#recentFailures(address)
    const oldest = recent[0]
    if (oldest === undefined || recent.length < ATTEMPTS_MAX) return 0
    return Math.max(1, Math.ceil((oldest + MINUTE_MS - this.#now()) / 1000))
  }

  failed(address: string): void {
    const recent = [...this.#recentFailures(address), this.#now()].slice(-ATTEMPTS_MAX)
    this.#failures.delete(address)
    const oldest = this.#failures.keys().next().value
    if (this.#failures.size >= ADDRESSES_MAX && oldest !== undefined) this.#failures.delete(oldest)
    this.#failures.set(address, recent)
  }

  #recentFailures(address: string): number[] {
    const since = this.#now() - MINUTE_MS
    return (this.#failures.get(address) ?? []).filter((moment) => moment > since)
  }
}

function sessionOf(headers: IncomingHttpHeaders): string | undefined {
  return new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([\\w-]{43})(?:;|$)`).exec(headers.cookie ?? '')?.[1]
}

function digest(id: string): string {
  return createHash('sha256').update(id).digest('base64url')
}
