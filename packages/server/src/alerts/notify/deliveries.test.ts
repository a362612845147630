import { ALERTS } from '@ragmeter/ops'
import { expect, test, vi } from 'vitest'
import type { StoredAttempt } from '../../store/store.ts'
import { Deliveries } from './deliveries.ts'
import type { DueNotification, Notification, PublicAlert } from './notification.ts'
import { NotifyError } from './notify-error.ts'

const [ALERT] = ALERTS
if (ALERT === undefined) throw new Error('there are no alerts')

const due = (key: string, more: { isUrgent?: boolean; alert?: string } = {}): DueNotification => ({
  key,
  isUrgent: more.isUrgent ?? false,
  alerts: [
    {
      id: more.alert ?? key,
      alert: ALERT,
      status: 'firing',
      labels: { alertname: key },
      annotations: {},
      value: 1,
      startsAt: 0,
      endsAt: null,
      url: '',
      suppressedBy: [],
    } satisfies PublicAlert,
  ],
})

function create(send: (one: Notification) => Promise<void>, pauseMaxMs = Infinity) {
  const attempts: StoredAttempt[] = []
  const clock = { now: 0 }
  let ids = 0
  const deliveries = new Deliveries({
    notifier: 'hook',
    send,
    onAttempt: (attempt) => attempts.push(attempt),
    pauseMaxMs,
    now: () => clock.now,
    random: () => 1,
    newId: () => `n${(ids += 1)}`,
  })
  return { deliveries, attempts, clock }
}

const refuse = (status: number, more: { isRetryable: boolean; retryAfterMs?: number }) =>
  Promise.reject(new NotifyError(`HTTP ${status}`, more))

const askForPause = () => refuse(429, { isRetryable: true, retryAfterMs: 45_000 })

/** Offers at each second what is due, and says when it was attempted. */
async function attemptedAt(
  { deliveries, attempts, clock }: ReturnType<typeof create>,
  seconds: number,
): Promise<number[]> {
  for (; clock.now <= seconds * 1000; clock.now += 1000) {
    deliveries.offer([due('a')])
    // A send that answers at once is over after one turn of the loop.
    await new Promise(setImmediate)
  }
  return attempts.map(({ at }) => at / 1000)
}

test('waits twice as long after each failure, up to five minutes, gives up after ten, and begins anew', async () => {
  const all = create(() => refuse(500, { isRetryable: true }))
  const times = await attemptedAt(all, 2000)
  expect(times.slice(1).map((at, i) => at - (times[i] ?? 0))).toEqual([
    15, 30, 60, 120, 240, 300, 300, 300, 300, 300, 15,
  ])
  expect(all.attempts.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: 9 }, () => 'failed'),
    'dead',
    'failed',
    'failed',
  ])
  expect(new Set(all.attempts.slice(0, 10).map(({ notification }) => notification))).toEqual(new Set(['n1']))
  expect(all.attempts[10]).toMatchObject({ attempt: 1, notification: 'n2' })
})

test('gives up at once what is refused for good, and tells it anew after five minutes while it is due', async () => {
  let tries = 0
  const all = create(() => {
    tries += 1
    return tries > 1 ? Promise.resolve() : refuse(401, { isRetryable: false })
  })
  expect((await attemptedAt(all, 300)).slice(0, 2)).toEqual([0, 300])
  expect(all.attempts.map(({ outcome }) => outcome)).toEqual(['dead', 'delivered'])
})

test('waits as long as the receiver asks, and no longer than is allowed', async () => {
  expect(await attemptedAt(create(askForPause), 100)).toEqual([0, 45, 90])
  expect(await attemptedAt(create(askForPause, 20_000), 50)).toEqual([0, 20, 40])
})

test('a group that cannot be delivered holds up no other', async () => {
  const { deliveries, attempts } = create(({ groupLabels }) =>
    groupLabels['alertname'] === 'a' ? refuse(500, { isRetryable: true }) : Promise.resolve(),
  )
  deliveries.offer([due('a'), due('b')])
  await vi.waitFor(() => expect(attempts).toHaveLength(2))
  deliveries.offer([due('a'), due('c')])
  await vi.waitFor(() => expect(attempts).toHaveLength(3))
  expect(attempts.map(({ alerts, outcome }) => [alerts[0]?.id, outcome])).toEqual([
    ['a', 'failed'],
    ['b', 'delivered'],
    ['c', 'delivered'],
  ])
  expect(deliveries.length).toBe(1)
  deliveries.offer([])
  expect(deliveries.length).toBe(0)
})

test('tries again with what is true then, and at once if that is urgent', async () => {
  const sent: string[][] = []
  const { deliveries, attempts, clock } = create(({ alerts }) => {
    sent.push(alerts.map(({ id }) => id))
    return refuse(503, { isRetryable: true, retryAfterMs: 600_000 })
  })
  deliveries.offer([due('all', { alert: 'old' })])
  await vi.waitFor(() => expect(attempts).toHaveLength(1))
  clock.now += 15_000
  deliveries.offer([due('all', { alert: 'new' })])
  deliveries.offer([due('all', { alert: 'newer', isUrgent: true })])
  await vi.waitFor(() => expect(attempts).toHaveLength(2))
  expect(sent).toEqual([['old'], ['newer']])
})

test('sends four at once, the first ones first, and each of them once', async () => {
  const sent: string[] = []
  const answers: (() => void)[] = []
  const { deliveries } = create(({ alerts }) => {
    sent.push(alerts[0]?.id ?? '')
    return new Promise((resolve) => answers.push(resolve))
  })
  const many = Array.from({ length: 6 }, (_, i) => due(`g${i}`))
  deliveries.offer(many)
  deliveries.offer(many)
  expect(sent).toEqual(['g0', 'g1', 'g2', 'g3'])
  expect(deliveries.length).toBe(6)
  answers[0]?.()
  await vi.waitFor(() => expect(sent).toEqual(['g0', 'g1', 'g2', 'g3', 'g4']))
  await deliveries.close()
})

test('closes at once although a receiver never answers, and counts that for no attempt', async () => {
  const { deliveries, attempts } = create(() => new Promise(() => undefined))
  deliveries.offer([due('a')])
  await deliveries.close()
  expect(attempts).toEqual([])
  deliveries.offer([due('b')])
  expect(deliveries.length).toBe(0)
})
