/** The configuration is wrong: what, where, and what to do. */

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly hint: string

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.hint = hint
  }
}
