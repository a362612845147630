/** Watches async iterators: generators, and the streams of OpenAI, Anthropic, Ollama and many others. */

import { methodOf, override } from './override.ts'
import type { StreamObserver } from './stream-tally.ts'
import { at, isFields } from './token-fields.ts'

/**
 * Watches what an iterator hands out, without changing when. Each result is the original promise: the watcher
 * looks at it one step before the reader does.
 *
 * @param isAborted asked when the iterator is done: clients end an aborted stream like a complete one
 */
export function observeIterator(iterator: object, observer: StreamObserver, isAborted: () => boolean): void {
  const watch = (result: unknown): void => {
    if (!isFields(result)) return
    if (result['done'] !== true) observer.chunk(result['value'])
    else if (isAborted()) observer.cancel()
    else observer.end()
  }
  const next = methodOf(iterator, 'next')
  override(iterator, 'next', (...values: unknown[]): unknown => {
    try {
      const result = next?.(...values)
      if (result instanceof Promise) result.then(watch, (error: unknown) => observer.fail(error))
      else watch(result)
      return result
    } catch (error) {
      observer.fail(error)
      throw error
    }
  })
  // An early `break` calls `return`, if there is one; the readers of this object need not notice that there was none.
  const leave = methodOf(iterator, 'return') ?? ((value) => Promise.resolve({ done: true, value }))
  override(iterator, 'return', (...values: unknown[]): unknown => {
    observer.cancel()
    return leave(...values)
  })
  const raise = methodOf(iterator, 'throw')
  if (raise === undefined) return
  override(iterator, 'throw', (...values: unknown[]): unknown => {
    observer.cancel()
    return raise(...values)
  })
}

/** Watches the iterators an object makes. OpenAI's and Anthropic's streams also split themselves by `iterator`. */
export function observeIterable(iterable: object, observer: StreamObserver): void {
  const isAborted = (): boolean => at(iterable, 'controller', 'signal', 'aborted') === true
  const name =
    Object.hasOwn(iterable, 'iterator') && methodOf(iterable, 'iterator') ? 'iterator' : Symbol.asyncIterator
  const make = methodOf(iterable, name)
  override(iterable, name, (): unknown => {
    const iterator = make?.()
    if (isFields(iterator)) observeIterator(iterator, observer, isAborted)
    return iterator
  })
}
