import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ALERTS } from '@ragmeter/ops'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { Secret } from '../../lib/secret.ts'
import type { EmailConfiguration, WebhookConfiguration } from '../../lib/notifier-configuration.ts'
import { alertmanagerBody } from './alertmanager.ts'
import { createNotifiers } from './notifiers.ts'
import { dueNotifications, notificationOf } from './notification.ts'
import type { PublicAlert } from './notification.ts'
import { NotifyError } from './notify-error.ts'
import { slackMessage } from './slack.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const HIGH = ALERTS.find(({ name }) => name === 'RagHighErrorRate')
if (HIGH === undefined) throw new Error('there is no RagHighErrorRate')

function alert(id: string, more: Partial<PublicAlert> = {}): PublicAlert {
  return {
    id,
    alert: HIGH as NonNullable<typeof HIGH>,
    status: 'firing',
    labels: { alertname: 'RagHighErrorRate', service: 'docs', severity: 'warning', alert_family: 'errors' },
    annotations: {
      summary: 'Requests fail.',
      description: '12% of <docs> & more failed.',
      runbook_url: 'http://runbooks/RagHighErrorRate.md',
    },
    value: 0.12,
    startsAt: NOW - 60_000,
    endsAt: null,
    url: `http://ragmeter/alerts/${id}`,
    suppressedBy: [],
    ...more,
  }
}

const NOTIFICATION = notificationOf([alert('a')], 'n1')
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

interface Mail {
  from: string
  to: string[]
  text: string
}

async function smtpServer(refuse?: { code: number }): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _, callback) => {
      if (username === 'ragmeter' && password === 'correct-horse') callback(null, { user: username })
      else callback(new Error('no'))
    },
    onRcptTo: (_, __, callback) => {
      callback(
        refuse === undefined ? null : Object.assign(new Error('refused'), { responseCode: refuse.code }),
      )
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString('utf8'),
        })
        callback()
      })
    },
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  closers.push(() => new Promise((resolve) => server.close(resolve)))
  return { port: (server.server.address() as AddressInfo).port, mails }
}

const BASE = { severities: ['warning'], sendResolved: true, repeatMinutes: 240 } as const
const PARTS = { fetch, now: () => NOW, externalUrl: () => 'http://ragmeter' }

function email(port: number, more: Partial<EmailConfiguration> = {}): EmailConfiguration {
  return {
    ...BASE,
    name: 'mail',
    type: 'email',
    host: '127.0.0.1',
    port,
    tls: 'none',
    user: undefined,
    password: undefined,
    from: 'ragmeter@example.org',
    to: ['ada@example.org', 'bob@example.org'],
    ...more,
  }
}

async function send(configuration: EmailConfiguration | WebhookConfiguration): Promise<unknown> {
  const [notifier] = createNotifiers([configuration], PARTS)
  try {
    await notifier?.send(NOTIFICATION, new AbortController().signal)
    return 'delivered'
  } catch (error) {
    return error
  }
}

describe('email', () => {
  test('is delivered to every recipient, with what it is about', async () => {
    const { port, mails } = await smtpServer()
    const password = new Secret('the test', () => 'correct-horse\n')
    expect(await send(email(port, { user: 'ragmeter', password }))).toBe('delivered')
    expect(mails).toMatchObject([
      { from: 'ragmeter@example.org', to: ['ada@example.org', 'bob@example.org'] },
    ])
    const [mail] = mails
    expect(mail?.text).toMatch(/^Subject: \[FIRING:1\] RagHighErrorRate docs\r?$/m)
    expect(mail?.text).toMatch(/12% of <docs> & more failed/)
    expect(mail?.text).toMatch(/http:\/\/ragmeter\/alerts\/a/)
  })

  test.each([
    [550, false],
    [451, true],
  ])('that the server refuses with %i may be tried again: %s', async (code, isRetryable) => {
    const { port } = await smtpServer({ code })
    const error = await send(email(port))
    expect(error).toMatchObject({ isRetryable, message: `SMTP ${code}` })
  })

  test('with a wrong password fails without naming it', async () => {
    const { port } = await smtpServer()
    const error = await send(
      email(port, { user: 'ragmeter', password: new Secret('x', () => 'wrong-secret') }),
    )
    expect(error).toBeInstanceOf(NotifyError)
    expect(String(error)).not.toMatch(/wrong-secret/)
  })

  test('where nobody listens may be tried again', async () => {
    expect(await send(email(1))).toMatchObject({ isRetryable: true, message: 'ESOCKET' })
  })
})

test('a redirect is not followed: the token is for the address that was configured', async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.writeHead(307, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  const hook: WebhookConfiguration = {
    ...BASE,
    name: 'hook',
    type: 'webhook',
    url: new Secret('the test', () => url),
    bearerToken: undefined,
  }
  expect(await send(hook)).toMatchObject({ message: 'HTTP 307', isRetryable: false })
  expect(seen).toEqual(['/hook'])
})

test('a message of Slack escapes what comes from labels', () => {
  const text = JSON.stringify(slackMessage(NOTIFICATION))
  expect(text).toContain('12% of &lt;docs&gt; &amp; more failed.')
  expect(text).toContain('<http://ragmeter/alerts/a|Evidence>')
  expect(text).toContain('[FIRING:1] RagHighErrorRate docs')
})

test('an Alertmanager is told when to take an alert for resolved if it hears no more', () => {
  const resolved = alert('b', { status: 'resolved', endsAt: NOW - 1000 })
  expect(alertmanagerBody(notificationOf([alert('a'), resolved], 'n'), NOW)).toMatchObject([
    { startsAt: '2026-11-21T11:59:00.000Z', endsAt: '2026-11-21T12:04:00.000Z', labels: { service: 'docs' } },
    { endsAt: '2026-11-21T11:59:59.000Z' },
  ])
})

describe('dueNotifications', () => {
  const rules = { name: 'hook', severities: ['warning'], sendResolved: true, repeatMs: 3_600_000 } as const
  const due = (
    alerts: readonly PublicAlert[],
    notices: Readonly<Record<string, { state: 'firing' | 'resolved'; at: number }>> = {},
    more: Partial<typeof rules> | { sendResolved: boolean } = {},
  ) =>
    dueNotifications({ ...rules, ...more }, alerts, (id) => notices[id], NOW).map(({ alerts: list }) => [
      notificationOf(list, 'n').status,
      list.map(({ id }) => id),
    ])

  test('tells of a new alert with the others of its group, and of another service apart', () => {
    const chat = alert('c', { labels: { alertname: 'RagHighErrorRate', service: 'chat' } })
    expect(due([alert('a'), alert('b'), chat])).toEqual([
      ['firing', ['a', 'b']],
      ['firing', ['c']],
    ])
  })

  test('says nothing of what was told, until the interval is over', () => {
    const old = alert('a', { startsAt: NOW - 7_200_000 })
    expect(due([old], { a: { state: 'firing', at: NOW - 3_599_999 } })).toEqual([])
    expect(due([old], { a: { state: 'firing', at: NOW - 3_600_000 } })).toEqual([['firing', ['a']]])
  })

  test('tells again of an alert that has resolved and fires anew, if the notice is older than that', () => {
    const startsAt = NOW - 1000
    expect(due([alert('a', { startsAt })], { a: { state: 'firing', at: startsAt - 1 } })).toEqual([
      ['firing', ['a']],
    ])
    expect(due([alert('a', { startsAt })], { a: { state: 'firing', at: startsAt } })).toEqual([])
  })

  test('tells that an alert is over to those who were told that it fires, and want to know', () => {
    const over = alert('a', { status: 'resolved', endsAt: NOW })
    expect(due([over])).toEqual([])
    expect(due([over], { a: { state: 'firing', at: 1 } })).toEqual([['resolved', ['a']]])
    expect(due([over], { a: { state: 'resolved', at: 1 } })).toEqual([])
    expect(due([over], { a: { state: 'firing', at: 1 } }, { sendResolved: false })).toEqual([])
  })

  test('says nothing of what is suppressed, nor of other severities', () => {
    expect(due([alert('a', { suppressedBy: ['b'] })])).toEqual([])
    expect(due([alert('a')], {}, { severities: [] as never })).toEqual([])
  })

  test('splits a group of hundreds', () => {
    const many = Array.from({ length: 120 }, (_, i) => alert(`a${i}`))
    expect(due(many).map(([, ids]) => ids?.length)).toEqual([50, 50, 20])
    const told = Object.fromEntries(
      many.slice(0, 70).map(({ id }) => [id, { state: 'firing', at: NOW } as const]),
    )
    expect(due(many, told).map(([, ids]) => ids?.[0])).toEqual(['a50', 'a100'])
  })
})
