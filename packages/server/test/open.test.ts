import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../src/lib/sqlite.ts'
import { migrate } from '../src/store/sqlite/migrate.ts'
import { openWritable } from '../src/store/sqlite/open.ts'
import { StoreError } from '../src/store/store.ts'

const FIXTURE = fileURLToPath(new URL('./open-database.ts', import.meta.url))

let directory: string
let path: string
const children: ChildProcess[] = []
const mode = (file: string) => statSync(file).mode & 0o777
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ragmeter-open-'))
  chmodSync(directory, 0o755)
  path = join(directory, 'ragmeter.db')
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

interface Opening {
  child: ChildProcess
  kind: string
  message?: string
  hint?: string
}

/** Opens the database in another process; `wrapper` is a command that runs a command. */
async function openElsewhere(file: string, wrapper: readonly string[] = []): Promise<Opening> {
  const command = [
    ...wrapper,
    process.execPath,
    '--conditions=ragmeter-src',
    '--import',
    'tsx',
    FIXTURE,
    file,
  ]
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, ...(JSON.parse(line) as Omit<Opening, 'child'>) }
}

/** Permissions do not bind root, unless it gives up its capabilities. */
const openWithPermissions = (file: string) =>
  openElsewhere(file, process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all'] : [])

function errorOf(action: () => unknown): StoreError {
  try {
    action()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('no error')
}

describe('openWritable', () => {
  it('makes folders and a database that only its owner can read', () => {
    const nested = join(directory, 'a', 'b', 'ragmeter.db')
    using opened = openWritable(nested)
    opened.database.exec("INSERT INTO meta (key, value) VALUES ('x', 1)")
    const files = ['', '-wal', '-shm', '.lock']
    expect(files.map((suffix) => mode(nested + suffix))).toEqual(files.map(() => 0o600))
    expect(mode(join(directory, 'a'))).toBe(0o700)
  })

  it('sets what makes a commit durable and deletions give space back', () => {
    using opened = openWritable(path)
    const pragma = (name: string) => Object.values(opened.database.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    // 2 is FULL, 2 is INCREMENTAL.
    expect([pragma('synchronous'), pragma('auto_vacuum'), pragma('journal_mode')]).toEqual([2, 2, 'wal'])
  })

  it('keeps a second daemon out that calls the file by another name', () => {
    const link = join(directory, 'link.db')
    symlinkSync(path, link)
    // Through a link that leads nowhere yet.
    using opened = openWritable(link)
    expect(opened.path).toBe(realpathSync(path))
    for (const name of [path, link]) expect(errorOf(() => openWritable(name)).kind).toBe('in_use')
  })

  it('keeps a second daemon out, in this process and in another, until the first is killed', async () => {
    const { child, kind } = await openElsewhere(path)
    expect(kind).toBe('opened')
    const error = errorOf(() => openWritable(path))
    expect(error).toMatchObject({ kind: 'in_use', hint: expect.stringContaining('ragmeter stop') as string })
    expect(error.message).toContain(path)
    expect(await openElsewhere(path)).toMatchObject({ kind: 'in_use' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    {
      using opened = openWritable(path)
      expect(opened.database).toBeDefined()
      expect(errorOf(() => openWritable(path)).kind).toBe('in_use')
    }
    openWritable(path)[Symbol.dispose]()
  })

  it('refuses a file that has a second name, and takes it once that is gone', () => {
    const link = join(directory, 'hard.db')
    {
      using opened = openWritable(path)
      opened.database.exec("INSERT INTO meta (key, value) VALUES ('x', 1)")
      linkSync(path, link)
      expect(errorOf(() => openWritable(link))).toMatchObject({
        kind: 'fatal',
        message: expect.stringContaining('2 names (hard links)') as string,
        hint: expect.stringContaining(`-samefile ${realpathSync(link)}`) as string,
      })
    }
    expect(errorOf(() => openWritable(path)).kind).toBe('fatal')
    rmSync(link)
    openWritable(path)[Symbol.dispose]()
  })

  it('refuses a file that is no database, and leaves it as it is', () => {
    writeFileSync(
      path,
      'this is a text and not a database, and it is longer than a hundred bytes: '.repeat(9),
    )
    const { size } = statSync(path)
    expect(errorOf(() => openWritable(path))).toMatchObject({
      kind: 'fatal',
      message: expect.stringContaining('not a sound database') as string,
    })
    expect(statSync(path).size).toBe(size)
  })

  it('refuses the database of a newer version, and leaves it free', () => {
    {
      using opened = openWritable(path)
      opened.database.exec('PRAGMA user_version = 99')
    }
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(errorOf(() => openWritable(path))).toMatchObject({
        kind: 'fatal',
        message: expect.stringContaining('schema 99') as string,
        hint: expect.stringContaining('newer version') as string,
      })
    }
  })

  it('says that a folder in the place of the database cannot be written', () => {
    mkdirSync(path)
    expect(errorOf(() => openWritable(path))).toMatchObject({ kind: 'retryable' })
  })

  it.each([
    ['a file that cannot be written', 0o444, 0o755],
    ['a file in a folder that cannot be written', 0o666, 0o555],
    ['a folder that cannot be written', undefined, 0o555],
  ])('says what to do about %s', async (_, fileMode, folderMode) => {
    if (fileMode !== undefined) {
      openWritable(path)[Symbol.dispose]()
      chmodSync(path, fileMode)
      rmSync(`${path}.lock`)
    }
    chmodSync(directory, folderMode)
    const opening = await openWithPermissions(path)
    chmodSync(directory, 0o755)
    expect(opening).toMatchObject({
      kind: 'retryable',
      message: expect.stringContaining(`Cannot write to the database ${path}`) as string,
      hint: expect.stringContaining('can be written') as string,
    })
  })
})

describe('migrate', () => {
  it('does nothing to a database that is up to date', () => {
    using database = memory()
    migrate(database)
    const newest = database.prepare('PRAGMA user_version').get()
    database.exec("INSERT INTO meta (key, value) VALUES ('x', 1)")
    migrate(database)
    expect(database.prepare('SELECT count(*) AS n FROM meta').get()).toEqual({ n: 1 })
    expect(database.prepare('PRAGMA user_version').get()).toEqual(newest)
  })

  it('leaves a database as it was when a step fails', () => {
    using database = memory()
    database.exec('CREATE TABLE traces (x)')
    expect(() => migrate(database)).toThrow(/traces already exists/)
    expect(database.prepare('SELECT count(*) AS n FROM sqlite_master').get()).toEqual({ n: 1 })
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 0 })
  })
})

function memory() {
  const database = openDatabase(':memory:')
  return Object.assign(database, { [Symbol.dispose]: () => database.close() })
}
