/** Notifiers as configured, ready to send. */
import type { NotifierConfiguration } from '../../lib/notifier-configuration.ts'
import { alertmanagerBody } from './alertmanager.ts'
import { sendEmail } from './email.ts'
import type { Notification, NotifierRules } from './notification.ts'
import { postJson } from './post-json.ts'
import type { Fetch } from './post-json.ts'
import { slackMessage } from './slack.ts'
import { webhookBody } from './webhook.ts'

export interface Notifier extends NotifierRules {
  readonly type: NotifierConfiguration['type']
  /** @throws NotifyError */
  send(notification: Notification, signal: AbortSignal): Promise<void>
}

export interface NotifierParts {
  readonly fetch: Fetch
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Where the daemon is reached, when it is told; without a slash at the end. */
  readonly externalUrl: () => string
}

/** @throws Error if a secret is not where it should be */
export function createNotifiers(
  configurations: readonly NotifierConfiguration[],
  parts: NotifierParts,
): readonly Notifier[] {
  return configurations.map((configuration) => {
    const { name, type, severities, sendResolved, repeatMinutes } = configuration
    const rules = { name, type, severities, sendResolved, repeatMs: repeatMinutes * 60_000 }
    return { ...rules, send: senderOf(configuration, parts) }
  })
}

function senderOf(configuration: NotifierConfiguration, parts: NotifierParts): Notifier['send'] {
  const { fetch: fetchFunction, now, externalUrl } = parts
  if (configuration.type === 'email') {
    const { password, ...settings } = configuration
    const secret = password?.reveal()
    return (notification) => sendEmail({ ...settings, password: secret }, notification)
  }
  const { type, name } = configuration
  const stated = configuration.url.reveal()
  const url = type === 'alertmanager' ? `${stated.replace(/\/+$/, '')}/api/v2/alerts` : stated
  const bearerToken = configuration.bearerToken?.reveal()
  return (notification, signal) => {
    const body =
      type === 'slack'
        ? slackMessage(notification)
        : type === 'alertmanager'
          ? alertmanagerBody(notification, now())
          : webhookBody(notification, name, externalUrl())
    return postJson(fetchFunction, url, body, { bearerToken, signal, now })
  }
}
