/** Runs a function as one request. */
import type { ActiveTrace } from './active-trace.ts'
import { methodOf, override } from './override.ts'
import { settle, tellFailed } from './settle.ts'
import type { Watch } from './settle.ts'
import { streamKind } from './stream-kind.ts'
import type { Trace } from './trace.ts'

/** @returns what the function returns; if that is a stream, the request ends with it */
export function traceCall<Result>(trace: ActiveTrace, work: (trace: Trace) => Result): Result {
  const watcher = new RequestWatch(trace)
  let result: Result
  try {
    result = trace.enter(work)
  } catch (error) {
    tellFailed(watcher, error)
    throw error
  }
  return settle(result, watcher)
}

class RequestWatch implements Watch {
  readonly #trace: ActiveTrace

  constructor(trace: ActiveTrace) {
    this.#trace = trace
  }

  done(value: unknown): unknown {
    followResult(this.#trace, value)
    this.#trace.end()
    return value
  }

  failed(error: unknown): void {
    this.#trace.recordError(error)
    this.#trace.end()
  }

  lost(): void {
    this.#trace.end()
  }
}

/** Keeps the request open while its result is a stream that is still read. */
function followResult(trace: ActiveTrace, value: unknown): void {
  const kind = streamKind(value)
  if (kind === 'iterator') enterOnEachStep(trace, value as object)
  if (kind === undefined || trace.isFollowing(value)) return
  trace.follow(
    value,
    () => undefined,
    () => undefined,
  )
}

/** The body of a generator runs when it is read: by then the code that reads it is the current one. */
function enterOnEachStep(trace: ActiveTrace, iterator: object): void {
  for (const name of ['next', 'return', 'throw']) {
    const step = methodOf(iterator, name)
    if (step !== undefined)
      override(iterator, name, (...values: unknown[]) => trace.run(() => step(...values)))
  }
}
