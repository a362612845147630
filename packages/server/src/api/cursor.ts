/** The cursor of the trace list: where a page ended, and where the search ends, as one opaque word. */
import { isObject } from '@ragmeter/core'
import { ParameterError } from '../lib/request-error.ts'

/** Longest cursor: an id of 128 characters, each escaped to six bytes, in base64, and some more. */
export const CURSOR_LENGTH_MAX = 2048

export interface Cursor {
  /** The last trace of the page. */
  after: { timestamp: number; id: string }
  /** Start of the range, so that a relative `from` does not move between pages. */
  from: number
}

export function writeCursor({ after, from }: Cursor): string {
  return Buffer.from(JSON.stringify({ t: after.timestamp, i: after.id, f: from })).toString('base64url')
}

/** @throws ParameterError */
export function readCursor(cursor: string): Cursor {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    value = undefined
  }
  if (isObject(value)) {
    const { t, i, f } = value
    if (Number.isFinite(t) && typeof i === 'string' && Number.isFinite(f)) {
      return { after: { timestamp: t as number, id: i }, from: f as number }
    }
  }
  throw new ParameterError(
    'cursor',
    'the cursor is not one of ours',
    'Pass `next_cursor` of the page before, unchanged.',
  )
}
