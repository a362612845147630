/**
 * The state file: which daemon runs for this home folder and where it listens. It exists from the moment the
 * daemon answers until it ends; after a crash it is left over, so what it says is always checked against the process.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '@ragmeter/server'
import { CommandError, messageOf, systemCodeOf } from './command-error.ts'

export interface DaemonRecord {
  pid: number
  /** Birth of the process, see process-identity.ts; null where the system does not tell. */
  processStart: string | null
  host: string
  port: number
  /** Where a client on this machine reaches it. */
  url: string
  /** ISO 8601. */
  startedAt: string
  /** From GET /health, different at every start: whoever answers with it is this daemon. */
  nonce: string
  /** Path of the database. */
  db: string
  /** Which file that is, by `identityOfFile`; null where the system does not tell. */
  dbFile: string | null
  /** The file its log goes to; null is the standard output it was started with. */
  log: string | null
  version: string
}

export type StateReading =
  | { state: 'absent' }
  | { state: 'unreadable'; reason: string }
  | { state: 'present'; record: DaemonRecord }

/** Names of the files of a home folder. */
export function statePaths(folder: string): { record: string; log: string } {
  return { record: join(folder, 'daemon.json'), log: join(folder, 'daemon.log') }
}

/** Makes the home folder if it is missing, readable by its owner only. */
export function makeStateFolder(folder: string): void {
  try {
    makeFolder(folder)
  } catch (error) {
    throw new CommandError(
      'denied',
      `The home folder ${folder} cannot be made: ${messageOf(error)}.`,
      'Set RAGMETER_HOME to a directory that you may write to.',
      error,
    )
  }
}

/**
 * What can be read and is no record is `unreadable`: it is left over. What the system does not let us read may be the
 * record of a daemon that runs, as of another user.
 *
 * @throws CommandError `denied`
 */
export function readState(folder: string): StateReading {
  const path = statePaths(folder).record
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error))) return { state: 'absent' }
    throw denied(`The state file ${path} cannot be read, so nobody knows whether a daemon runs`, error)
  }
  return parseState(text)
}

function denied(what: string, cause: unknown): CommandError {
  return new CommandError(
    'denied',
    `${what}: ${messageOf(cause)}.`,
    systemCodeOf(cause) === 'EISDIR'
      ? 'Move that folder away, or choose another home folder with --home or RAGMETER_HOME.'
      : 'Run the command as the user whose home folder it is, or choose one of your own with --home or RAGMETER_HOME.',
    cause,
  )
}

function parseState(text: string): StateReading {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { state: 'unreadable', reason: 'it is not JSON' }
  }
  return isRecord(value)
    ? { state: 'present', record: value }
    : { state: 'unreadable', reason: 'fields are missing' }
}

function isRecord(value: unknown): value is DaemonRecord {
  if (typeof value !== 'object' || value === null) return false
  const record = value as Record<string, unknown>
  const isText = (name: string) => typeof record[name] === 'string'
  const isTextOrNull = (name: string) => record[name] === null || isText(name)
  return (
    Number.isSafeInteger(record['pid']) &&
    (record['pid'] as number) > 0 &&
    Number.isSafeInteger(record['port']) &&
    ['host', 'url', 'startedAt', 'nonce', 'db', 'version'].every(isText) &&
    ['processStart', 'dbFile', 'log'].every(isTextOrNull)
  )
}

/**
 * Writes the record: whole or not at all, and only if no other is there, since two daemons may be starting at once.
 *
 * @param mayReplace asked about a record that is in the way; true if its daemon has ended
 * @returns the record that is in the way and stays; undefined when ours is written
 * @throws CommandError `denied`
 */
export function claimState(
  folder: string,
  record: DaemonRecord,
  mayReplace: (found: StateReading) => boolean,
): StateReading | undefined {
  const target = statePaths(folder).record
  const temporary = `${target}.${randomUUID()}`
  try {
    writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    rmSync(temporary, { force: true })
    throw denied(`The state file ${target} cannot be written`, error)
  }
  try {
    // Twice is enough for one stale record; more means that others keep winning.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (linkIfFree(temporary, target)) return undefined
      const found = readState(folder)
      if (found.state === 'absent') continue
      if (!mayReplace(found)) return found
      removeRecord(folder, found)
    }
    return readState(folder)
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** @returns false if the target exists. Where the file system has no hard links, an atomic rename has to do. */
function linkIfFree(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(systemCodeOf(error))) throw error
    renameSync(from, to)
    return true
  }
}

/**
 * Removes the record if it still is the one that was read. Another daemon may have put its own there meanwhile.
 *
 * @throws CommandError `denied`
 */
export function removeRecord(folder: string, expected: StateReading): void {
  const isExpected = (found: StateReading) => JSON.stringify(found) === JSON.stringify(expected)
  // Looked at before it is touched: a record that is not to be removed never moves, not for a moment either.
  if (!isExpected(readState(folder))) return
  const target = statePaths(folder).record
  const aside = `${target}.${randomUUID()}`
  try {
    renameSync(target, aside)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return
    throw denied(`The state file ${target} cannot be removed`, error)
  }
  let isOurs = false
  try {
    // And once more, now that nobody else can change it.
    isOurs = isExpected(parseState(readFileSync(aside, 'utf8')))
  } finally {
    if (!isOurs) linkIfFree(aside, target)
    rmSync(aside, { force: true })
  }
}
