/** Limits of the HTTP server itself. Limits of what it carries are core's LIMITS. */

export interface HttpLimits {
  /** Time from the first byte of a request to the end of its headers. */
  headersTimeoutMs: number
  /** Time from the first byte of a request to the end of its body: 32 MB at 5 Mbit/s. */
  requestTimeoutMs: number
  /** How long an idle connection is kept; longer than the flush interval of clients, so that they reuse it. */
  keepAliveTimeoutMs: number
  /** How often the two timeouts above are checked. */
  timeoutCheckIntervalMs: number
  /** Open connections; further ones are closed at once. */
  connectionsMax: number
  /** Headers of one request. */
  headerBytesMax: number
  /** What is still read of a body that was refused, so that its sender gets to see the answer. */
  drainBytesMax: number
  drainTimeoutMs: number
  /** How long `close()` waits for requests in flight. */
  closeTimeoutMs: number
}

export const HTTP_LIMITS: HttpLimits = {
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 65_000,
  timeoutCheckIntervalMs: 1000,
  connectionsMax: 8192,
  headerBytesMax: 16 * 1024,
  drainBytesMax: 64 * 1024 * 1024,
  drainTimeoutMs: 10_000,
  closeTimeoutMs: 10_000,
}
