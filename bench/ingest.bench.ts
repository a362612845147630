/**
 * Durable ingest through the front door, against the physical limits of the same run: batches of 100 against a bare
 * insert loop (1,000 rows per commit on disk, same table), single traces against an HTTP server that reads no body.
 * Needs the build: npm run build.
 */
import { bareInsertRate } from './bare-insert.ts'
import { median, printMachine, runLoad, startDaemon, startFloor } from './processes.ts'
import type { DaemonProcess, LoadResult } from './processes.ts'

const ROUNDS = 5
const BATCHES = 1000
const SINGLES = 30_000

printMachine()
const bare: number[] = []
const batched: LoadResult[] = []
const floor: number[] = []
const single: LoadResult[] = []
await using daemon: DaemonProcess = await startDaemon()
using floorServer = await startFloor()
// One round to warm up, which does not count.
for (let round = 0; round <= ROUNDS; round += 1) {
  const insertRate = bareInsertRate()
  const batch = await runLoad({
    port: daemon.port,
    connections: 32,
    requests: BATCHES,
    tracesPerRequest: 100,
    firstBatch: round * BATCHES,
  })
  const singles = {
    connections: 64,
    requests: SINGLES,
    tracesPerRequest: 1,
    firstBatch: 100_000_000 + round * SINGLES,
  }
  const floorRate = (await runLoad({ port: floorServer.port, ...singles })).requestsPerSecond
  const one = await runLoad({ port: daemon.port, ...singles })
  if (round === 0) continue
  bare.push(insertRate)
  batched.push(batch)
  floor.push(floorRate)
  single.push(one)
}

const per = (value: number, limit: number) => `${((value / limit) * 100).toFixed(0)} %`
const rate = (value: number) => `${Math.round(value).toLocaleString('en-US')}/s`
const latency = (results: readonly LoadResult[]) =>
  `p50 ${median(results.map(({ p50Ms }) => p50Ms)).toFixed(1)} ms, p99 ${median(results.map(({ p99Ms }) => p99Ms)).toFixed(1)} ms`
const batchRate = median(batched.map(({ tracesPerSecond }) => tracesPerSecond))
const singleRate = median(single.map(({ requestsPerSecond }) => requestsPerSecond))
console.log(`bare insert loop, 1,000 rows per commit   ${rate(median(bare))} traces`)
console.log(
  `durable ingest, batch 100, 32 connections ${rate(batchRate)} traces = ${per(batchRate, median(bare))} of the bare loop; ${latency(batched)}`,
)
console.log(`HTTP server that reads no body            ${rate(median(floor))} requests`)
console.log(
  `durable ingest, batch 1, 64 connections   ${rate(singleRate)} requests = ${per(singleRate, median(floor))} of that server; ${latency(single)}`,
)
console.log(`daemon RSS after the load                 ${(daemon.residentBytes() / 2 ** 20).toFixed(0)} MiB`)
