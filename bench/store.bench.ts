/**
 * What storing a trace costs beside the physical limit: a bare loop over the same INSERT, 1,000 rows per commit on
 * disk, against the writer doing everything (parse, enrich, insert, measure, journal, rollups) with as many per commit.
 */
import { createHarness } from '../packages/server/test/writer-harness.ts'
import { bareInsertRate } from './bare-insert.ts'
import { flatBatch } from './flat-batch.ts'
import { median, printMachine } from './processes.ts'

const TRACES_PER_COMMIT = 1000
const COMMITS = 60
const ROUNDS = 5

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

const bare: number[] = []
const full: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  bare.push(1e6 / bareInsertRate())
  full.push(fullWriter())
}
const [limit, ours] = [median(bare), median(full)]
printMachine()
console.log(`bare insert    ${limit.toFixed(2)} us/trace`)
console.log(`writer         ${ours.toFixed(2)} us/trace`)
console.log(`ratio          ${((limit / ours) * 100).toFixed(0)} % of the bare insert loop, on one thread`)
