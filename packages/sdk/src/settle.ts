/** Watches what a wrapped function returns without the caller noticing. */

import { methodOf, override } from './override.ts'

export interface Watch {
  /** Called once with the value; what it returns is handed on in its place. */
  done(value: unknown): unknown
  /** Called once with the error, which is then handed on. */
  failed(error: unknown): void
  /** Called when the result cannot be watched, or one of the above threw: the result is handed on all the same. */
  lost(): void
}

/** Runs a function and watches it to its end, be it now or when its promise settles. */
export function watch<Result>(run: () => Result, watcher: Watch): Result {
  let result: Result
  try {
    result = run()
  } catch (error) {
    tellFailed(watcher, error)
    throw error
  }
  return settle(result, watcher)
}

/** Watches what a function has returned. @returns what is handed on in its place */
export function settle<Result>(result: Result, watcher: Watch): Result {
  try {
    if (isThenable(result)) {
      const isPlain = result instanceof Promise && result.constructor === Promise
      return (isPlain ? watchPromise(result, watcher) : watchThenable(result, watcher)) as Result
    }
  } catch {
    // What throws when it is looked at, such as a revoked proxy, is the application's to look at.
    watcher.lost()
    return result
  }
  return tellDone(watcher, result) as Result
}

/** A fault in the measuring costs the measurement, never the application's result. */
function tellDone(watcher: Watch, value: unknown): unknown {
  try {
    return watcher.done(value)
  } catch {
    watcher.lost()
    return value
  }
}

/** Tells of an error, which the caller then throws: none of the measuring may take its place. */
export function tellFailed(watcher: Watch, error: unknown): void {
  try {
    watcher.failed(error)
  } catch {
    watcher.lost()
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}

/**
 * A plain promise is replaced by its successor, which nobody can tell from it: a second reaction on the first one
 * would hide unhandled rejections and end V8's asynchronous stack traces.
 */
function watchPromise(promise: Promise<unknown>, watcher: Watch): Promise<unknown> {
  const successor = promise.then(
    (value) => tellDone(watcher, value),
    (error: unknown) => {
      tellFailed(watcher, error)
      throw error
    },
  )
  const extras = Object.getOwnPropertyDescriptors(promise)
  return Object.keys(extras).length === 0 ? successor : Object.defineProperties(successor, extras)
}

/**
 * Other thenables have methods of their own (`withResponse()` of the OpenAI client) or start their work when they
 * are first waited for (query builders): they stay the object they are, and are watched when someone waits.
 */
function watchThenable(thenable: PromiseLike<unknown>, watcher: Watch): PromiseLike<unknown> {
  const settled = once(watcher)
  const original = methodOf(thenable, 'then')
  function then(fulfilled?: unknown, rejected?: unknown): unknown {
    return original?.(
      (value: unknown) => {
        const handedOn = settled.done(value)
        return isReaction(fulfilled) ? fulfilled(handedOn) : handedOn
      },
      (error: unknown) => {
        settled.failed(error)
        if (isReaction(rejected)) return rejected(error)
        throw error
      },
    )
  }
  try {
    override(thenable, 'then', then)
  } catch {
    // A frozen thenable cannot be watched without being replaced; it is handed on as it is.
  }
  return thenable
}

function isReaction(value: unknown): value is (value: unknown) => unknown {
  return typeof value === 'function'
}

function once(watcher: Watch): Omit<Watch, 'lost'> {
  let outcome: { value: unknown } | undefined
  let isOver = false
  return {
    done(value) {
      if (!isOver) {
        isOver = true
        outcome = { value: tellDone(watcher, value) }
      }
      return outcome === undefined ? value : outcome.value
    },
    failed(error) {
      if (isOver) return
      isOver = true
      tellFailed(watcher, error)
    },
  }
}
