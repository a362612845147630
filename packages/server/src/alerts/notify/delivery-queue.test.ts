import { expect, test, vi } from 'vitest'
import type { StoredAttempt } from '../../store/store.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import type { Notification } from './notification.ts'
import { NotifyError } from './notify-error.ts'

const notification = (id: string): Notification => ({ id, groupLabels: {}, status: 'firing', alerts: [] })

function createQueue(send: (one: Notification) => Promise<void>) {
  const attempts: StoredAttempt[] = []
  const waits: number[] = []
  const queue = new DeliveryQueue({
    notifier: 'hook',
    send,
    onAttempt: (attempt) => attempts.push(attempt),
    now: () => 0,
    random: () => 1,
    sleep: (durationMs) => {
      waits.push(durationMs)
      return Promise.resolve()
    },
  })
  return { queue, attempts, waits }
}

test('waits twice as long after each failure, up to five minutes, and gives up after ten', async () => {
  const { queue, attempts, waits } = createQueue(() =>
    Promise.reject(new NotifyError('HTTP 500', { isRetryable: true })),
  )
  queue.add(notification('a'))
  await vi.waitFor(() => expect(attempts).toHaveLength(10))
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000, 256_000])
  expect(attempts.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: 9 }, () => 'failed'),
    'dead',
  ])
})

test('waits as long as the receiver asks', async () => {
  let tries = 0
  const { queue, attempts, waits } = createQueue(() => {
    tries += 1
    return tries > 1
      ? Promise.resolve()
      : Promise.reject(new NotifyError('HTTP 429', { isRetryable: true, retryAfterMs: 45_000 }))
  })
  queue.add(notification('a'))
  await vi.waitFor(() => expect(attempts).toHaveLength(2))
  expect(waits).toEqual([45_000])
})

test('is bounded: the oldest that waits is given up, and said to be', async () => {
  const { queue, attempts } = createQueue(() => new Promise(() => undefined))
  for (let i = 0; i < 103; i += 1) queue.add(notification(`n${i}`))
  expect(queue.length).toBe(100)
  expect(attempts).toMatchObject([
    { notification: 'n1', outcome: 'dead', attempt: 0 },
    { notification: 'n2', outcome: 'dead', attempt: 0 },
  ])
  await queue.close()
})

test('closes at once although a receiver never answers, and counts that for no attempt', async () => {
  const { queue, attempts } = createQueue(() => new Promise(() => undefined))
  queue.add(notification('a'))
  await queue.close()
  expect(attempts).toEqual([])
  queue.add(notification('b'))
  expect(queue.length).toBe(0)
})

test('replace leaves only the newest to be delivered', async () => {
  const sent: string[] = []
  const { queue, attempts } = createQueue(({ id }) => {
    sent.push(id)
    return Promise.resolve()
  })
  queue.replace(notification('a'))
  queue.replace(notification('b'))
  queue.replace(notification('c'))
  await vi.waitFor(() => expect(attempts).toHaveLength(2))
  expect(sent).toEqual(['a', 'c'])
})
