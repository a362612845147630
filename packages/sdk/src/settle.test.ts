import { describe, expect, test, vi } from 'vitest'
import { watch } from './settle.ts'
import type { Watch } from './settle.ts'

function spies() {
  return {
    done: vi.fn<Watch['done']>((value) => value),
    failed: vi.fn<Watch['failed']>(),
    lost: vi.fn<Watch['lost']>(),
  }
}

function fault(): never {
  throw new Error('a fault of ours')
}

async function failsLater(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
  throw new Error('deep')
}

describe('watch', () => {
  test('hands on the value of a synchronous function, and what it throws', () => {
    const watcher = spies()
    const value = { a: 1 }
    expect(watch(() => value, watcher)).toBe(value)
    expect(watcher.done).toHaveBeenCalledExactlyOnceWith(value)
    const error = new Error('no')
    expect(() =>
      watch(() => {
        throw error
      }, watcher),
    ).toThrow(error)
    expect(watcher.failed).toHaveBeenCalledExactlyOnceWith(error)
  })

  test('hands on value and error of a function whose watcher throws, and tells the watcher so', async () => {
    const watcher = { done: fault, failed: fault, lost: vi.fn<Watch['lost']>() }
    const error = new Error('no')
    expect(watch(() => 1, watcher)).toBe(1)
    await expect(watch(() => Promise.resolve(2), watcher)).resolves.toBe(2)
    await expect(watch(() => Promise.reject(error), watcher)).rejects.toBe(error)
    const fail = () => {
      throw error
    }
    expect(() => watch(fail, watcher)).toThrow(error)
    expect(watcher.lost).toHaveBeenCalledTimes(4)
  })

  test('leaves the asynchronous stack trace of an error whole', async () => {
    const watcher = spies()
    async function callsIt() {
      await watch(failsLater, watcher)
    }
    const error = await callsIt().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    )
    expect(error?.stack).toContain('failsLater')
    expect(error?.stack).toContain('callsIt')
  })

  test('does not hide a rejection that nobody handles', async () => {
    const unhandled = vi.fn<() => void>()
    process.prependOnceListener('unhandledRejection', unhandled)
    const others = process.listeners('unhandledRejection').filter((listener) => listener !== unhandled)
    for (const listener of others) process.off('unhandledRejection', listener)
    process.on('unhandledRejection', unhandled)
    void watch(() => Promise.reject(new Error('lost')), spies())
    await new Promise((resolve) => setImmediate(resolve))
    process.removeAllListeners('unhandledRejection')
    for (const listener of others) process.on('unhandledRejection', listener)
    expect(unhandled).toHaveBeenCalled()
  })

  test('does not report a rejection that is handled', async () => {
    const unhandled = vi.fn<() => void>()
    process.on('unhandledRejection', unhandled)
    await watch(() => Promise.reject(new Error('seen')), spies()).catch(() => undefined)
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  test('keeps a promise with methods of its own the same object', async () => {
    class ApiPromise<Value> extends Promise<Value> {
      withResponse(): string {
        return 'response'
      }
    }
    const watcher = spies()
    const promise = ApiPromise.resolve(7)
    const watched = watch(() => promise as ApiPromise<number>, watcher)
    expect(watched).toBe(promise)
    expect(watched.withResponse()).toBe('response')
    expect(await watched).toBe(7)
    expect(await watched).toBe(7)
    expect(watcher.done).toHaveBeenCalledOnce()
  })

  test('keeps properties that a library put on a plain promise', async () => {
    const promise = Object.assign(Promise.resolve(1), { pid: 42 })
    const watched = watch(() => promise, spies())
    expect(watched.pid).toBe(42)
    expect(await watched).toBe(1)
  })

  test('does not start a lazy thenable, and starts it once when it is waited for', async () => {
    let runs = 0
    const query = {
      // oxlint-disable-next-line unicorn/no-thenable -- query builders are thenables
      then<Result>(fulfilled: (rows: string[]) => Result): Promise<Result> {
        runs += 1
        return Promise.resolve(['row']).then(fulfilled)
      },
    }
    const watcher = spies()
    const watched = watch(() => query, watcher)
    expect(watched).toBe(query)
    await new Promise((resolve) => setImmediate(resolve))
    expect(runs).toBe(0)
    expect(await watched).toEqual(['row'])
    expect(runs).toBe(1)
    expect(watcher.done).toHaveBeenCalledExactlyOnceWith(['row'])
  })

  test('hands on a frozen thenable as it is', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- query builders are thenables
    const frozen = Object.freeze({ then: (fulfilled: (value: number) => void) => fulfilled(5) })
    expect(await watch(() => frozen, spies())).toBe(5)
  })
})
