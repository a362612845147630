/** A notification as an e-mail, by SMTP. */
import { headline } from './notification.ts'
import type { Notification } from './notification.ts'
import { NotifyError } from './notify-error.ts'

const TIMEOUT_MS = 20_000
/** Replies of SMTP from here on say that trying again is of no use. */
const PERMANENT = 500

export interface EmailSettings {
  readonly host: string
  readonly port: number
  /** `starttls`: the connection must become encrypted. `implicit`: it is from the start. `none`: for a relay on this machine. */
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly user: string | undefined
  readonly password: string | undefined
  readonly from: string
  readonly to: readonly string[]
}

function emailText(notification: Notification): { subject: string; text: string } {
  const parts = notification.alerts.map(({ status, alert, labels, annotations, startsAt, endsAt, url }) => {
    const times = [`since ${new Date(startsAt).toISOString()}`]
    if (endsAt !== null) times.push(`until ${new Date(endsAt).toISOString()}`)
    return [
      `${status.toUpperCase()}: ${alert.name} (${alert.severity}), ${times.join(' ')}`,
      annotations['description'] ?? '',
      Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      `Evidence: ${url}`,
      `Runbook: ${annotations['runbook_url'] ?? ''}`,
    ].join('\n')
  })
  return { subject: headline(notification).replaceAll(/[\r\n]+/g, ' '), text: `${parts.join('\n\n')}\n` }
}

/** @throws NotifyError */
export async function sendEmail(settings: EmailSettings, notification: Notification): Promise<void> {
  // It takes 13 MB of memory, which only daemons that send mail need.
  const { createTransport } = await import('nodemailer')
  const { host, port, tls, user, password, from, to } = settings
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  })
  try {
    await transport.sendMail({ from, to: [...to], ...emailText(notification) })
  } catch (error) {
    const { code, responseCode } = error as { code?: unknown; responseCode?: unknown }
    const isPermanent = typeof responseCode === 'number' && responseCode >= PERMANENT
    const reason =
      typeof responseCode === 'number' ? `SMTP ${responseCode}` : typeof code === 'string' ? code : 'failed'
    throw new NotifyError(reason, { isRetryable: !isPermanent })
  } finally {
    transport.close()
  }
}
