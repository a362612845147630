/** `ragmeter alerts silence`: lists silences, makes one, ends one. */
import { ANSWER_TIMEOUT_MS, deleteJson, getJson, postJson, requireDaemon } from '../ask-daemon.ts'
import { CommandError } from '../command-error.ts'
import { plural } from '../format.ts'
import type { CommandResult } from '../output.ts'
import { printable } from '../printable.ts'
import { isObject } from '../probe.ts'
import type { CommandContext } from './context.ts'

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const DURATION_DEFAULT = '1h'

export interface SilenceOptions {
  /** `label=value` or `label!=value`. */
  readonly matchers: readonly string[]
  /** Such as 2h. @default 1h */
  readonly duration: string | undefined
  readonly author: string | undefined
  readonly comment: string | undefined
  /** Id of a silence to end. */
  readonly expire: string | undefined
}

/** With nothing stated it lists those that are not over. */
export async function silence(
  { folder, token }: CommandContext,
  options: SilenceOptions,
): Promise<CommandResult> {
  const { matchers, duration, author, comment, expire } = options
  const isStated = matchers.length > 0 || [duration, author, comment].some((text) => text !== undefined)
  if (expire !== undefined && isStated) {
    throw new CommandError('usage', '--expire ends a silence and takes nothing else.', 'Delete the rest.')
  }
  const body = isStated ? silenceBody(options, Date.now()) : undefined
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  if (expire !== undefined) {
    const ended = await deleteJson(record, `/api/v1/silences/${encodeURIComponent(expire)}`, token)
    return { data: ended, text: `Ended silence ${String(ended['id'])}.`, warnings: [] }
  }
  if (body === undefined) {
    const listed = await getJson(record, '/api/v1/silences', token)
    return { data: listed, text: renderSilences(listed), warnings: [] }
  }
  const made = await postJson(record, '/api/v1/silences', token, body)
  const active = await getJson(record, '/api/v1/alerts', token)
  return { data: made, text: renderMade(made, active), warnings: [] }
}

type Answer = Readonly<Record<string, unknown>>

export function renderMade(made: Answer, active: Answer): string {
  const { alerts } = printable(active)
  const { id, ends_at } = made
  const silenced = (Array.isArray(alerts) ? alerts.filter(isObject) : []).filter(
    ({ silenced_by }) => Array.isArray(silenced_by) && silenced_by.includes(id),
  )
  const names = [...new Set(silenced.map(({ name }) => String(name)))].sort()
  const effect =
    names.length === 0
      ? 'No alert that is active now is silenced by it.'
      : `It silences ${plural(silenced.length, 'alert')} that ${silenced.length === 1 ? 'is' : 'are'} active now: ${names.join(', ')}.`
  return `Silenced until ${textOf(ends_at)}, id ${String(id)}.\n${effect}`
}

export function renderSilences(answer: Answer): string {
  const { silences } = printable(answer)
  const listed = (Array.isArray(silences) ? silences.filter(isObject) : []).filter(
    ({ state }) => state !== 'expired',
  )
  if (listed.length === 0) return 'Nothing is silenced.'
  return listed
    .map(({ id, state, matchers, starts_at, ends_at, author, comment }) => {
      const conditions = (Array.isArray(matchers) ? matchers.filter(isObject) : []).map(
        ({ name, value, is_equal }) => `${String(name)}${is_equal === false ? '!=' : '='}${String(value)}`,
      )
      const times = state === 'pending' ? `from ${textOf(starts_at)} until` : 'until'
      return `${conditions.join(' ')} ${times} ${textOf(ends_at)}\n  ${String(author)}: ${String(comment)}\n  id ${String(id)}`
    })
    .join('\n\n')
}

function textOf(moment: unknown): string {
  return new Date(Number(moment)).toISOString()
}

/** @param now epoch milliseconds @throws CommandError `usage` */
export function silenceBody(
  { matchers, duration = DURATION_DEFAULT, author, comment }: SilenceOptions,
  now: number,
): object {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(duration) ?? []
  const factor = UNITS_MS[unit]
  if (count === undefined || factor === undefined) {
    throw new CommandError('usage', `--for ${duration} is no length of time.`, 'Try 30m, 2h or 1d.')
  }
  if (matchers.length === 0 || author === undefined || comment === undefined) {
    throw new CommandError(
      'usage',
      'A silence needs --match, --author and --comment.',
      'Try: ragmeter alerts silence --match service=docs --author ada --comment "a migration"',
    )
  }
  return {
    matchers: matchers.map(matcherOf),
    ends_at: now + Number(count) * factor,
    author,
    comment,
  }
}

function matcherOf(text: string): object {
  const [, name = '', operator, value = ''] = /^([a-zA-Z_]\w*)(=~|!~|!?=)(.*)$/.exec(text) ?? []
  if (operator === undefined) {
    throw new CommandError(
      'usage',
      `--match ${text} is no label=value.`,
      'Try service=docs, or severity!=critical.',
    )
  }
  if (operator.includes('~')) {
    throw new CommandError(
      'usage',
      `--match ${text} is a regular expression, which silences do not know.`,
      'Write exact values: label=value or label!=value. --match alert_family=cost means all alerts of a family.',
    )
  }
  return { name, value, is_equal: operator === '=' }
}
