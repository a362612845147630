import { expect, test } from 'vitest'
import { emptyState } from '../test/fake-store.ts'
import { watchStorage } from './storage-watch.ts'
import type { StorageState } from './store/store.ts'

test('watchStorage gives the state', async () => {
  const watch = watchStorage(
    () => Promise.resolve(emptyState()),
    () => 0,
  )
  expect(await watch.ask(1000)).toEqual({ state: emptyState(), silentMs: 0 })
})

test('watchStorage gives the last state while a question is open, and for how long it has been', async () => {
  let now = 1000
  const answers: ((state: StorageState) => void)[] = []
  const watch = watchStorage(
    () => new Promise((resolve) => answers.push(resolve)),
    () => now,
  )
  const first = watch.ask(1000)
  answers[0]?.(emptyState())
  expect(await first).toEqual({ state: emptyState(), silentMs: 0 })
  await watch.ask(1)
  now = 6000
  expect(await watch.ask(1)).toEqual({ state: emptyState(), silentMs: 5000 })
  // One question at a time, however many ask.
  expect(answers).toHaveLength(2)
  answers[1]?.({ ...emptyState(), traces: 7 })
  await expect.poll(async () => (await watch.ask(1)).state?.traces).toBe(7)
})

test('watchStorage passes on a failure and asks again', async () => {
  let fails = true
  const watch = watchStorage(
    () => (fails ? Promise.reject(new Error('thread ended')) : Promise.resolve(emptyState())),
    () => 0,
  )
  await expect(watch.ask(1000)).rejects.toThrow('thread ended')
  fails = false
  expect((await watch.ask(1000)).state).toEqual(emptyState())
})
