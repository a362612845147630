/** A notification was not delivered. The message never holds an address or a header: they may be secrets. */
export class NotifyError extends Error {
  override readonly name = 'NotifyError'
  readonly isRetryable: boolean
  /** How long the receiver asks to wait; undefined if it does not say. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: { isRetryable: boolean; retryAfterMs?: number | undefined }) {
    super(message)
    this.isRetryable = options.isRetryable
    this.retryAfterMs = options.retryAfterMs
  }
}
