/** The section `notifiers` of ragmeter.yaml: who is told of alerts. Which of them wakes whom is Alertmanager's business. */
import { readObjects, SEVERITIES } from '@ragmeter/ops'
import type { ConfigurationIssue, SectionReader, Severity } from '@ragmeter/ops'
import { Secret } from './secret.ts'
import type { ProblemOf } from './secret.ts'

const NOTIFIER_TYPES = ['webhook', 'slack', 'email', 'alertmanager'] as const
const NOTIFIERS_MAX = 20
const REPEAT_MINUTES_DEFAULT = 240
const DEFAULT_SEVERITIES: readonly Severity[] = ['critical', 'warning']
const RECIPIENTS_MAX = 50
/** `a@b`, or `Name <a@b>`. Whether it is somebody's, the mail server says. */
const EMAIL_ADDRESS = /^(?:[^<>@,]*<[^<>@,\s]+@[^<>@,\s]+>|[^<>@,\s]+@[^<>@,\s]+)$/

interface NotifierBase {
  /** Unique. */
  readonly name: string
  /** Alerts of these severities. @default critical and warning; for an Alertmanager all */
  readonly severities: readonly Severity[]
  /** @default true */
  readonly sendResolved: boolean
  /** After so long it is told again of what still fires. @default 240 */
  readonly repeatMinutes: number
}

export interface WebhookConfiguration extends NotifierBase {
  readonly type: 'webhook' | 'slack' | 'alertmanager'
  readonly url: Secret
  readonly bearerToken: Secret | undefined
}

export interface EmailConfiguration extends NotifierBase {
  readonly type: 'email'
  readonly host: string
  readonly port: number
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly user: string | undefined
  readonly password: Secret | undefined
  readonly from: string
  readonly to: readonly string[]
}

export type NotifierConfiguration = WebhookConfiguration | EmailConfiguration

/** How the text of a secret is found. */
export interface SecretSources {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** @throws the error of the file system */
  readonly readFile: (path: string) => string
}

/** Notifiers that are wrong are left out, with an issue that says how to correct them. */
export function parseNotifiers(
  value: unknown,
  issues: ConfigurationIssue[],
  sources: SecretSources,
): readonly NotifierConfiguration[] {
  const readers = readObjects('notifiers', value, issues)
  if (readers.length > NOTIFIERS_MAX) {
    issues.push({
      path: 'notifiers',
      problem: `has ${readers.length} entries`,
      remedy: `keep at most ${NOTIFIERS_MAX}; routing is what Alertmanager does`,
    })
  }
  const names = new Set<string>()
  return readers.slice(0, NOTIFIERS_MAX).flatMap((reader) => {
    const notifier = readNotifier(reader, sources)
    reader.end()
    if (notifier === undefined) return []
    if (names.has(notifier.name)) {
      reader.complain('name', `"${notifier.name}" is there twice`, 'give each notifier a name of its own')
      return []
    }
    names.add(notifier.name)
    return [notifier]
  })
}

function readNotifier(reader: SectionReader, sources: SecretSources): NotifierConfiguration | undefined {
  const type = reader.oneOf('type', NOTIFIER_TYPES)
  const base = readBase(reader, type)
  if (type === undefined) {
    if (!reader.has('type'))
      reader.complain('type', 'is missing', `write one of ${NOTIFIER_TYPES.join(', ')}`)
    return undefined
  }
  if (base === undefined) return undefined
  if (type === 'email') return readEmail(reader, base, sources)
  // Whoever knows the address of a Slack webhook can write to its channel.
  const url = readSecret(reader, 'url', sources, { mayBePlain: type !== 'slack', problemOf: urlProblem })
  const bearerToken = type === 'slack' ? undefined : readSecret(reader, 'bearerToken', sources)
  if (url !== undefined) return { ...base, type, url, bearerToken }
  const remedy = type === 'slack' ? 'state urlEnvironment or urlFile' : 'state url, urlEnvironment or urlFile'
  reader.complain('url', 'is missing', remedy)
  return undefined
}

function readBase(
  reader: SectionReader,
  type: NotifierConfiguration['type'] | undefined,
): NotifierBase | undefined {
  const name = reader.text('name')
  if (name === undefined || name === '') reader.complain('name', 'is missing', 'give the notifier a name')
  const sendResolved = reader.raw('sendResolved') ?? true
  if (typeof sendResolved !== 'boolean')
    reader.complain('sendResolved', 'is neither true nor false', 'write true or false')
  const repeatMinutes = reader.number('repeatMinutes', 1, 7 * 1440) ?? REPEAT_MINUTES_DEFAULT
  const severities = readSeverities(reader, type === 'alertmanager' ? SEVERITIES : DEFAULT_SEVERITIES)
  if (name === undefined || name === '' || typeof sendResolved !== 'boolean') return undefined
  return { name, severities, sendResolved, repeatMinutes }
}

function readSeverities(reader: SectionReader, otherwise: readonly Severity[]): readonly Severity[] {
  if (!reader.has('severities')) return otherwise
  const stated = reader.texts('severities') ?? []
  const known = SEVERITIES.filter((severity) => stated.includes(severity))
  if (known.length !== stated.length) {
    reader.complain(
      'severities',
      `names something else than ${SEVERITIES.join(', ')}`,
      'correct it, or leave it out',
    )
  }
  return known
}

function readEmail(
  reader: SectionReader,
  base: NotifierBase,
  sources: SecretSources,
): EmailConfiguration | undefined {
  const host = reader.filledText('host')
  const tls = reader.oneOf('tls', ['starttls', 'implicit', 'none']) ?? 'starttls'
  const port = reader.number('port', 1, 65_535) ?? (tls === 'implicit' ? 465 : 587)
  const user = reader.text('user')
  const password = readSecret(reader, 'password', sources)
  const from = reader.text('from')
  const to = reader.has('to') ? (reader.texts('to') ?? []) : []
  const missing = { host, from, to: to.length === 0 || to.length > RECIPIENTS_MAX ? undefined : to }
  for (const [name, value] of Object.entries(missing)) {
    if (value === undefined) reader.complain(name, 'is missing', 'an e-mail needs host, from and to')
  }
  for (const [name, addresses] of Object.entries({ from: from === undefined ? [] : [from], to })) {
    const wrong = addresses.filter((address) => !EMAIL_ADDRESS.test(address))
    if (wrong.length === 0) continue
    const named = wrong.map((address) => JSON.stringify(address)).join(' and ')
    reader.complain(name, `has ${named}: no e-mail address`, 'write one such as oncall@example.org')
  }
  if ((user === undefined) !== (password === undefined)) {
    reader.complain(
      'user',
      'and the password belong together',
      'state user and passwordEnvironment or passwordFile',
    )
    return undefined
  }
  if (host === undefined || from === undefined || missing.to === undefined) return undefined
  return { ...base, type: 'email', host, port, tls, user, password, from, to }
}

interface SecretRules {
  /** Whether it may be in the file itself. */
  readonly mayBePlain: boolean
  readonly problemOf?: ProblemOf
}

/** The text itself is in no problem: it may be a secret. */
function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text) || !/^https?:\/\/[^/]/i.test(text)) return 'is no address of http:// or https://'
  const { username, password } = new URL(text)
  // fetch refuses such addresses.
  return username === '' && password === '' ? undefined : 'has a user or a password in it'
}

/** `nameEnvironment` or `nameFile`, and where it may be read by others the text itself. */
function readSecret(
  reader: SectionReader,
  name: string,
  { environment, readFile }: SecretSources,
  { mayBePlain, problemOf }: SecretRules = { mayBePlain: false },
): Secret | undefined {
  const variable = reader.text(`${name}Environment`)
  const file = reader.text(`${name}File`)
  const plain = mayBePlain ? reader.text(name) : undefined
  if (!mayBePlain && reader.has(name)) {
    reader.raw(name)
    reader.complain(
      name,
      'is a secret, and does not belong in this file',
      `state ${name}Environment or ${name}File`,
    )
  }
  const stated = [variable, file, plain].filter((one) => one !== undefined)
  if (stated.length > 1) {
    reader.complain(name, 'is stated more than once', `keep one of ${name}Environment and ${name}File`)
  }
  if (variable !== undefined)
    return new Secret(`the variable ${variable}`, () => environment[variable] ?? '', problemOf)
  if (file !== undefined) return new Secret(file, () => readFile(file), problemOf)
  if (plain === undefined) return undefined
  const problem = problemOf?.(plain)
  if (problem !== undefined)
    reader.complain(name, problem, 'write one such as https://pager.example.org/hook')
  return new Secret(`${reader.path}.${name}`, () => plain, problemOf)
}
