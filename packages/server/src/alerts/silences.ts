/** Silences: alerts with these labels notify nobody for a while. They fire and are shown all the same. */
import { randomUUID } from 'node:crypto'
import { isObject } from '@ragmeter/core'
import { ParameterError } from '../lib/request-error.ts'
import type { StoredSilence } from '../store/store.ts'

const SILENCES_MAX = 500
const MATCHERS_MAX = 20
const TEXT_LENGTH_MAX = 512
/** A silence that is meant to be for ever is a threshold that is meant to be another. */
const DURATION_MAX_MS = 90 * 24 * 3_600_000

export type SilenceState = 'pending' | 'active' | 'expired'

export function silenceState({ startsAt, endsAt }: StoredSilence, now: number): SilenceState {
  if (now >= endsAt) return 'expired'
  return now >= startsAt ? 'active' : 'pending'
}

/** Whether an alert with these labels is meant. A label that it does not have is ''. */
function isSilencing({ matchers }: StoredSilence, labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ name, value, isEqual }) => ((labels[name] ?? '') === value) === isEqual)
}

export class Silences {
  readonly #silences = new Map<string, StoredSilence>()

  constructor(stored: readonly StoredSilence[]) {
    for (const silence of stored) this.#silences.set(silence.id, silence)
  }

  /** The latest begin first. */
  list(): readonly StoredSilence[] {
    return Array.from(this.#silences.values()).toSorted((left, right) => right.startsAt - left.startsAt)
  }

  find(id: string): StoredSilence | undefined {
    return this.#silences.get(id)
  }

  put(silence: StoredSilence): void {
    this.#silences.set(silence.id, silence)
  }

  /** Ids of the active silences that mean these labels. */
  matching(labels: Readonly<Record<string, string>>, now: number): readonly string[] {
    return Array.from(this.#silences.values())
      .filter((silence) => silenceState(silence, now) === 'active' && isSilencing(silence, labels))
      .map(({ id }) => id)
  }

  /** @throws ParameterError if there are too many that are not over */
  checkRoom(now: number): void {
    const open = this.list().filter((silence) => silenceState(silence, now) !== 'expired')
    if (open.length < SILENCES_MAX) return
    throw new ParameterError(
      '',
      `There are ${SILENCES_MAX} silences already.`,
      'Expire some that are not needed.',
    )
  }
}

/**
 * A silence from the body of a request. @throws ParameterError that says which field is wrong
 * @param labels that alerts can have: a silence of another one would keep nobody quiet, and nobody would notice
 */
export function readSilence(body: unknown, now: number, labels: readonly string[]): StoredSilence {
  if (!isObject(body)) throw new ParameterError('', 'The body is not an object.', 'Send JSON.')
  const known = ['matchers', 'starts_at', 'ends_at', 'author', 'comment']
  for (const name of Object.keys(body)) {
    if (!known.includes(name))
      throw new ParameterError(name, `There is no field ${JSON.stringify(name)}.`, `Use ${known.join(', ')}.`)
  }
  const startsAt = readMoment(body['starts_at'] ?? now, 'starts_at')
  const endsAt = readMoment(body['ends_at'], 'ends_at')
  if (endsAt <= Math.max(startsAt, now)) {
    throw new ParameterError(
      'ends_at',
      'The end is over already, or before the start.',
      'Choose a later end.',
    )
  }
  if (endsAt - startsAt > DURATION_MAX_MS) {
    throw new ParameterError(
      'ends_at',
      'The silence is longer than 90 days.',
      'Change the threshold of the alert instead.',
    )
  }
  return {
    id: randomUUID(),
    matchers: readMatchers(body['matchers'], labels),
    startsAt,
    endsAt,
    author: readText(body['author'], 'author'),
    comment: readText(body['comment'], 'comment'),
    createdAt: now,
  }
}

function readMatchers(value: unknown, labels: readonly string[]): StoredSilence['matchers'] {
  const hint = 'Send a list such as [{"name": "service", "value": "docs"}].'
  if (!Array.isArray(value) || value.length === 0 || value.length > MATCHERS_MAX) {
    throw new ParameterError('matchers', `There are not 1 to ${MATCHERS_MAX} matchers.`, hint)
  }
  const matchers = value.map((item: unknown, position) => {
    const path = `matchers[${position}]`
    if (!isObject(item)) throw new ParameterError(path, 'A matcher is not an object.', hint)
    const isEqual = item['is_equal'] ?? true
    if (typeof isEqual !== 'boolean')
      throw new ParameterError(`${path}.is_equal`, 'It is not true or false.', hint)
    return {
      name: readLabel(item['name'], `${path}.name`, labels),
      value: readText(item['value'], `${path}.value`, 0),
      isEqual,
    }
  })
  // It would silence everything, the watchdog too.
  if (matchers.some(({ value: text, isEqual }) => isEqual && text !== '')) return matchers
  throw new ParameterError('matchers', 'No matcher says what a label must be.', hint)
}

function readLabel(value: unknown, path: string, labels: readonly string[]): string {
  const name = readText(value, path)
  if (labels.includes(name)) return name
  throw new ParameterError(
    path,
    `No alert has a label ${JSON.stringify(name.slice(0, 64))}.`,
    `Use ${labels.join(', ')}.`,
  )
}

function readText(value: unknown, path: string, lengthMin = 1): string {
  if (typeof value === 'string' && value.trim().length >= lengthMin && value.length <= TEXT_LENGTH_MAX)
    return value
  throw new ParameterError(
    path,
    `It is not a text of at most ${TEXT_LENGTH_MAX} characters.`,
    `State ${path}.`,
  )
}

function readMoment(value: unknown, path: string): number {
  const moment = typeof value === 'string' ? Date.parse(value) : value
  if (typeof moment === 'number' && Number.isFinite(moment) && moment > 0) return Math.round(moment)
  throw new ParameterError(path, 'It is no moment.', 'Send epoch milliseconds or ISO 8601 text.')
}
