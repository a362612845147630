/** Who is told of what: each notifier with its queue, and what it has been told already. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StoredAttempt, StoredNotice } from '../store/store.ts'
import { FORWARD_INTERVAL_MS } from './notify/alertmanager.ts'
import { DeliveryQueue } from './notify/delivery-queue.ts'
import { dueNotifications, notificationOf } from './notify/notification.ts'
import type { PublicAlert } from './notify/notification.ts'
import type { Notifier } from './notify/notifiers.ts'

export interface OutboxOptions {
  readonly notifiers: readonly Notifier[]
  readonly notices: readonly StoredNotice[]
  /** Takes what must be kept: an attempt, and what the notifier is told of then. */
  readonly record: (attempt: StoredAttempt, notices: readonly StoredNotice[]) => void
  readonly now: () => number
  readonly random: () => number
}

interface Channel {
  readonly notifier: Notifier
  readonly queue: DeliveryQueue
  /** By alert: what it was told, or will be told by what waits. */
  readonly notices: Map<string, Pick<StoredNotice, 'state' | 'at'>>
  /** What an Alertmanager was told last. */
  forwardedAt: number
  forwarded: string
}

export class Outbox {
  readonly #channels: readonly Channel[]
  readonly #now: () => number

  constructor({ notifiers, notices, record, now, random }: OutboxOptions) {
    this.#now = now
    this.#channels = notifiers.map((notifier) => ({
      notifier,
      notices: new Map(
        notices.filter((notice) => notice.notifier === notifier.name).map((notice) => [notice.alert, notice]),
      ),
      forwardedAt: -Infinity,
      forwarded: '',
      queue: new DeliveryQueue({
        notifier: notifier.name,
        send: (notification, signal) => notifier.send(notification, signal),
        onAttempt: (attempt) => record(attempt, noticesAfter(attempt)),
        now,
        random,
        sleep: (durationMs, signal) => sleep(durationMs, undefined, { signal, ref: false }),
      }),
    }))
  }

  /** Notifications that wait or are being delivered, by notifier. */
  waiting(): readonly { notifier: string; type: Notifier['type']; waiting: number }[] {
    return this.#channels.map(({ notifier, queue }) => ({
      notifier: notifier.name,
      type: notifier.type,
      waiting: queue.length,
    }))
  }

  /** Hands over what is due. @param current firing and lately resolved ones; not asked for if there is nobody to tell */
  tell(current: () => readonly PublicAlert[]): void {
    if (this.#channels.length === 0) return
    const alerts = current()
    for (const channel of this.#channels) {
      if (channel.notifier.type === 'alertmanager') this.#forward(channel, alerts)
      else this.#notify(channel, alerts)
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#channels.map(({ queue }) => queue.close()))
  }

  #notify({ notifier, queue, notices }: Channel, alerts: readonly PublicAlert[]): void {
    const at = this.#now()
    const due = dueNotifications(notifier, alerts, (id) => notices.get(id), at, randomUUID)
    for (const notification of due) {
      for (const { id, status } of notification.alerts) notices.set(id, { state: status, at })
      queue.add(notification)
    }
    const known = new Set(alerts.map(({ id }) => id))
    for (const id of notices.keys()) if (!known.has(id)) notices.delete(id)
  }

  /** All that fires, at every change and every minute: silencing, inhibiting and repeating are the Alertmanager's then. */
  #forward(channel: Channel, alerts: readonly PublicAlert[]): void {
    const { notifier, queue } = channel
    const mine = alerts.filter(({ alert }) => notifier.severities.includes(alert.severity))
    if (mine.length === 0) return
    const at = this.#now()
    const state = JSON.stringify(mine.map(({ id, status, startsAt }) => [id, status, startsAt]))
    if (state === channel.forwarded && at - channel.forwardedAt < FORWARD_INTERVAL_MS) return
    channel.forwarded = state
    channel.forwardedAt = at
    queue.replace(notificationOf(mine, randomUUID()))
  }
}

/** An outcome that is final is what the notifier knows, even if it never heard it: trying again for ever helps nobody. */
function noticesAfter({ at, notifier, outcome, alerts }: StoredAttempt): readonly StoredNotice[] {
  if (outcome === 'failed') return []
  return alerts.map(({ id, state }) => ({ notifier, alert: id, state: state as StoredNotice['state'], at }))
}
