/**
 * What storing a trace costs beside the physical limit: a bare loop over the same INSERT, 1,000 rows per commit on
 * disk, against the writer doing everything (parse, enrich, insert, measure, journal, rollups) with as many per commit.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHarness } from '../packages/server/test/writer-harness.ts'
import { openWritable } from '../packages/server/src/store/sqlite/open.ts'
import { TraceTable } from '../packages/server/src/store/sqlite/trace-rows.ts'
import { decodeBatch } from '../packages/server/src/ingest/decode.ts'
import { flatBatch } from './flat-batch.ts'

const TRACES_PER_COMMIT = 1000
const COMMITS = 60
const ROUNDS = 5

function bareInsert(): number {
  const directory = mkdtempSync(join(tmpdir(), 'ragmeter-bench-'))
  const { database, [Symbol.dispose]: close } = openWritable(join(directory, 'bare.db'))
  const table = new TraceTable(database)
  const groups = Array.from({ length: COMMITS }, (_, commit) => {
    const decoded = decodeBatch(Buffer.from(flatBatch(TRACES_PER_COMMIT, commit)), {
      receivedAt: Date.now(),
      oldest: 0,
    })
    if ('code' in decoded) throw new Error(decoded.message)
    return decoded.value.traces.map(({ event }) => ({
      ...event,
      query_hash: '00112233445566778899aabbccddeeff',
    }))
  })
  const startedAt = performance.now()
  for (const group of groups) {
    database.exec('BEGIN IMMEDIATE')
    for (const event of group) table.insert(event)
    database.exec('COMMIT')
  }
  const perTrace = ((performance.now() - startedAt) * 1000) / (COMMITS * TRACES_PER_COMMIT)
  close()
  rmSync(directory, { recursive: true })
  return perTrace
}

function fullWriter(): number {
  using harness = createHarness()
  const bodies = Array.from({ length: COMMITS * 10 }, (_, batch) =>
    Buffer.from(flatBatch(TRACES_PER_COMMIT / 10, batch)),
  )
  const startedAt = performance.now()
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const group = bodies.slice(commit * 10, commit * 10 + 10)
    harness.writer.commit(group.map((bytes) => ({ kind: 'batch' as const, bytes, receivedAt: Date.now() })))
    if (harness.writer.shouldFold) harness.writer.fold(Date.now())
  }
  return ((performance.now() - startedAt) * 1000) / (COMMITS * TRACES_PER_COMMIT)
}

function median(values: number[]): number {
  return values.sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

const bare: number[] = []
const full: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  bare.push(bareInsert())
  full.push(fullWriter())
}
const [limit, ours] = [median(bare), median(full)]
console.log(
  `machine        ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
)
console.log(`bare insert    ${limit.toFixed(2)} us/trace`)
console.log(`writer         ${ours.toFixed(2)} us/trace`)
console.log(`ratio          ${((limit / ours) * 100).toFixed(0)} % of the bare insert loop, on one thread`)
