/** The writer and the reader's queries on one thread, over a database in a temporary folder. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as genaiPrices from '@pydantic/genai-prices'
import { createPriceBook } from '@ragmeter/core'
import { createKeyedHash } from '../src/lib/keyed-hash.ts'
import { openDatabase } from '../src/lib/sqlite.ts'
import type { Database } from '../src/lib/sqlite.ts'
import { readLifetimeSeries } from '../src/store/sqlite/lifetime-series.ts'
import { openWritable } from '../src/store/sqlite/open.ts'
import type { BodyKind, Queries, QueryName } from '../src/store/store.ts'
import { ensurePseudonymKey } from '../src/store/sqlite/pseudonym-key.ts'
import { runQuery } from '../src/threads/reader-thread.ts'
import type { ToReader } from '../src/threads/reader-thread.ts'
import type { Committed } from '../src/threads/committed.ts'
import { FaultyDatabase } from './faulty-database.ts'
import { Writer } from '../src/threads/writer.ts'
import type { WriterOptions } from '../src/threads/writer.ts'

export interface Harness extends Disposable {
  path: string
  database: Database
  /** The same database, as the writer sees it. */
  faulty: FaultyDatabase
  writer: Writer
  /** Commits batches (objects or JSON text) as one group. */
  send(...bodies: unknown[]): Committed
  /** Commits bodies of one kind as one group. */
  commit(kind: BodyKind, ...bodies: unknown[]): Committed
  /** Another connection to the database, as the reader's thread has one. */
  openReader(): Disposable & { database: Database }
  query<Name extends QueryName>(name: Name, parameters: Queries[Name]['parameters']): Queries[Name]['result']
  /** Forgets all memory, as kill -9 does, and opens what it left on the disk. */
  crash(): void
  /** As `crash`, in the middle of an action: before the statement after so many. @returns whether it came to that */
  crashDuring(action: () => void, statements: number): boolean
}

export interface HarnessOptions {
  /** @default Date.now */
  receivedAt?: () => number
  /** @default none */
  dimensions?: readonly string[]
  /** Makes the database file before it is opened. */
  prepare?: (path: string) => void
}

export function createHarness(options: HarnessOptions = {}): Harness {
  const directory = mkdtempSync(join(tmpdir(), 'ragmeter-writer-'))
  let path = join(directory, '0.db')
  let copies = 0
  options.prepare?.(path)
  let opened = openWritable(path)
  let faulty = new FaultyDatabase(opened.database)
  let writer = createWriter(faulty, { path, findLoss: opened.findLoss, dimensions: options.dimensions ?? [] })
  const commit: Harness['commit'] = (kind, ...bodies) =>
    writer.commit(
      bodies.map((body) => ({
        kind,
        bytes: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        receivedAt: options.receivedAt?.() ?? Date.now(),
      })),
    )
  /** What a killed process leaves: nothing is closed, nothing is rolled back. */
  function copyAway(): void {
    const left = path
    path = join(directory, `${(copies += 1)}.db`)
    for (const suffix of ['', '-wal']) {
      if (existsSync(left + suffix)) copyFileSync(left + suffix, path + suffix)
    }
  }

  function restart(): void {
    opened[Symbol.dispose]()
    opened = openWritable(path)
    faulty = new FaultyDatabase(opened.database)
    writer = createWriter(faulty, { path, findLoss: opened.findLoss, dimensions: options.dimensions ?? [] })
  }

  return {
    get path() {
      return path
    },
    get database() {
      return opened.database
    },
    get writer() {
      return writer
    },
    send: (...bodies) => commit('batch', ...bodies),
    commit,
    openReader() {
      const database = openDatabase(path, { readOnly: true })
      return { database, [Symbol.dispose]: () => database.close() }
    },
    query: (name, parameters) => runQuery(opened.database, { id: 1, name, parameters } as ToReader) as never,
    get faulty() {
      return faulty
    },
    crash() {
      copyAway()
      restart()
    },
    crashDuring(action, statements) {
      faulty.dieAfter(statements, copyAway)
      action()
      if (faulty.clear()) return false
      restart()
      return true
    },
    [Symbol.dispose]() {
      opened[Symbol.dispose]()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function createWriter(
  database: Database,
  fixed: Pick<WriterOptions, 'path' | 'findLoss' | 'dimensions'>,
): Writer {
  // As at a first start, but always the same: golden files hold what it makes.
  const insertKey = database.prepare("INSERT OR IGNORE INTO meta (key, value) VALUES ('query_hash_key', ?)")
  insertKey.run(Buffer.alloc(32, 7))
  const settings: WriterOptions = {
    ...fixed,
    prices: createPriceBook({ library: genaiPrices }),
    pseudonym: createKeyedHash(ensurePseudonymKey(database)),
    knownSeries: readLifetimeSeries(database),
  }
  return new Writer(database, settings)
}
