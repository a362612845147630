/** A refusal of the daemon, in its own words; or the news that nobody answered. */

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly hint: string

  constructor(status: number, code: string, message: string, hint: string) {
    super(message)
    this.status = status
    this.code = code
    this.hint = hint
  }
}

/** Nobody answered: the daemon is stopped, or the network is away. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** For people. */
export function describeError(error: unknown): { title: string; hint: string } {
  if (error instanceof ApiError) return { title: sentence(error.message), hint: error.hint }
  if (error instanceof UnreachableError) {
    return {
      title: 'The daemon does not answer',
      hint: 'See `ragmeter status` on its machine. This page tries again by itself.',
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { title: 'Something went wrong on this page', hint: message }
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
