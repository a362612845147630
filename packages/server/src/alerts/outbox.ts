/** Who is told of what: each notifier with its deliveries, and what it has been told already. */
import { randomUUID } from 'node:crypto'
import { RagmeterError } from '@ragmeter/core'
import type { StoredAttempt, StoredNotice } from '../store/store.ts'
import { FORWARD_INTERVAL_MS } from './notify/alertmanager.ts'
import { Deliveries } from './notify/deliveries.ts'
import { dueNotifications } from './notify/notification.ts'
import type { DueNotification, Notification, PublicAlert } from './notify/notification.ts'
import type { Notifier } from './notify/notifiers.ts'
import { NotifyError } from './notify/notify-error.ts'
import { testNotification } from './notify/test-notification.ts'

/** Nobody waits for longer to be told that an alert is over, from when it was last told that it fires. */
const AWAITED_MAX_MS = 7 * 24 * 3_600_000

const TEST_TIMEOUT_MS = 10_000

export interface OutboxOptions {
  readonly notifiers: readonly Notifier[]
  readonly notices: readonly StoredNotice[]
  /** Takes what must be kept: an attempt, and what the notifier is told of then. */
  readonly record: (attempt: StoredAttempt, notices: readonly StoredNotice[]) => void
  /** Called once when a notifier begins to fail, and again only after everything that it had to tell was told. */
  readonly onFailing: (failure: NotifierFailure) => void
  readonly now: () => number
  readonly random: () => number
}

/** A notifier that cannot tell somebody of something. */
export interface NotifierFailure {
  readonly notifier: string
  /** Why; it holds no address and no secret. */
  readonly error: string
  /** Epoch milliseconds. */
  readonly since: number
}

interface Channel {
  readonly notifier: Notifier
  readonly deliveries: Deliveries
  /** By alert: what it was told and has taken. */
  readonly notices: Map<string, Pick<StoredNotice, 'state' | 'at'>>
  isFailing: boolean
  /** Of an Alertmanager: what it was told last, and whether it has taken it. */
  lastAttempt: { readonly at: number; readonly state: string; readonly isDelivered: boolean } | undefined
}

export class Outbox {
  readonly #options: OutboxOptions
  readonly #channels: readonly Channel[]

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#channels = options.notifiers.map((notifier) => this.#channelOf(notifier))
  }

  /** Notifications that wait, are being delivered or could not be, by notifier. */
  waiting(): readonly { notifier: string; type: Notifier['type']; waiting: number }[] {
    return this.#channels.map(({ notifier, deliveries }) => ({
      notifier: notifier.name,
      type: notifier.type,
      waiting: deliveries.length,
    }))
  }

  failures(): readonly NotifierFailure[] {
    return this.#channels.flatMap(({ notifier, deliveries: { failure } }) =>
      failure === undefined ? [] : [{ notifier: notifier.name, ...failure }],
    )
  }

  /** Hands over what is due. @param current firing and lately resolved ones; not asked for if there is nobody to tell */
  tell(current: () => readonly PublicAlert[]): void {
    if (this.#channels.length === 0) return
    const alerts = current()
    const known = new Set(alerts.map(({ id }) => id))
    for (const channel of this.#channels) {
      const { notifier, deliveries, notices } = channel
      for (const id of notices.keys()) if (!known.has(id)) notices.delete(id)
      deliveries.offer(
        notifier.type === 'alertmanager'
          ? this.#forwarded(channel, alerts)
          : dueNotifications(notifier, alerts, (id) => notices.get(id), this.#options.now()),
      )
      this.#watch(channel)
    }
  }

  /**
   * Tells one notifier that this is a test, once and at once.
   * @returns why it was not delivered; null if it was @throws RagmeterError `not_found`
   */
  async test(name: string, url: string): Promise<{ readonly error: string | null }> {
    const notifier = this.#channels.find((channel) => channel.notifier.name === name)?.notifier
    if (notifier === undefined) {
      const names = this.#channels.map((channel) => channel.notifier.name).join(', ')
      const known = names === '' ? 'ragmeter.yaml names none' : `there are ${names}`
      throw new RagmeterError(
        'not_found',
        `there is no notifier ${JSON.stringify(name.slice(0, 64))}; ${known}`,
      )
    }
    try {
      const notification = testNotification(randomUUID(), this.#options.now(), url)
      await notifier.send(notification, AbortSignal.timeout(TEST_TIMEOUT_MS))
      return { error: null }
    } catch (error) {
      return { error: error instanceof NotifyError ? error.message : 'internal error' }
    }
  }

  /** Whether somebody was told that an alert fires, and may have to be told that it is over. */
  isAwaited(id: string): boolean {
    const oldest = this.#options.now() - AWAITED_MAX_MS
    return this.#channels.some(({ notifier, notices }) => {
      const notice = notices.get(id)
      const isWanted = notifier.sendResolved || notifier.type === 'alertmanager'
      return isWanted && notice?.state === 'firing' && notice.at >= oldest
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#channels.map(({ deliveries }) => deliveries.close()))
  }

  #channelOf(notifier: Notifier): Channel {
    const { notices, now, random } = this.#options
    const own = notices.filter((notice) => notice.notifier === notifier.name)
    const channel: Channel = {
      notifier,
      notices: new Map(own.map((notice) => [notice.alert, notice])),
      isFailing: false,
      lastAttempt: undefined,
      deliveries: new Deliveries({
        notifier: notifier.name,
        send: (notification, signal) => notifier.send(notification, signal),
        onAttempt: (attempt, notification) => this.#attempted(channel, attempt, notification),
        // An Alertmanager that hears nothing for minutes takes everything for resolved.
        pauseMaxMs: notifier.type === 'alertmanager' ? FORWARD_INTERVAL_MS : Infinity,
        now,
        random,
        newId: randomUUID,
      }),
    }
    return channel
  }

  /** Only what was delivered was told: whatever else is due stays due. */
  #attempted(channel: Channel, attempt: StoredAttempt, { alerts }: Notification): void {
    const { at, outcome, notifier } = attempt
    const isDelivered = outcome === 'delivered'
    channel.lastAttempt = { at, state: stateOf(alerts), isDelivered }
    const notices = isDelivered
      ? alerts.map(({ id, status }) => ({ notifier, alert: id, state: status, at }))
      : []
    for (const notice of notices) channel.notices.set(notice.alert, notice)
    this.#options.record(attempt, notices)
    this.#watch(channel)
  }

  #watch(channel: Channel): void {
    const { failure } = channel.deliveries
    const hasFailed = channel.isFailing
    channel.isFailing = failure !== undefined
    if (failure !== undefined && !hasFailed)
      this.#options.onFailing({ notifier: channel.notifier.name, ...failure })
  }

  /** All that fires, at every change and every minute: silencing, inhibiting and repeating are the Alertmanager's then. */
  #forwarded({ notifier, notices, lastAttempt }: Channel, alerts: readonly PublicAlert[]): DueNotification[] {
    const mine = alerts.filter(
      ({ id, alert, status }) =>
        notifier.severities.includes(alert.severity) ||
        (status === 'resolved' && notices.get(id)?.state === 'firing'),
    )
    if (mine.length === 0) return []
    const isChanged = stateOf(mine) !== lastAttempt?.state
    const isKnown = lastAttempt?.isDelivered === true && !isChanged
    if (isKnown && this.#options.now() - lastAttempt.at < FORWARD_INTERVAL_MS) return []
    return [{ key: 'all', alerts: mine, isUrgent: isChanged }]
  }
}

function stateOf(alerts: readonly PublicAlert[]): string {
  return JSON.stringify(alerts.map(({ id, status, startsAt }) => [id, status, startsAt]))
}
