/** Starts the processes that benchmarks measure, and stops them. */
import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { FULL_LOAD } from './flat-batch.ts'
import type { Pace } from './flat-batch.ts'
import { freePort, untilAnswered } from '../e2e/daemon-process.ts'

export { startDaemon } from '../e2e/daemon-process.ts'
export type { DaemonProcess } from '../e2e/daemon-process.ts'

export interface LoadResult {
  seconds: number
  failed: number
  bodyBytes: number
  requestsPerSecond: number
  tracesPerSecond: number
  p50Ms: number
  p99Ms: number
  maxMs: number
}

/** Runs the load client in a process of its own. */
export async function runLoad(load: {
  port: number
  connections: number
  requests: number
  tracesPerRequest: number
  /** Batches before it have been sent: ids do not repeat. */
  firstBatch: number
  /** @default FULL_LOAD */
  pace?: Pace
}): Promise<LoadResult> {
  const { startedAt, tracesPerMs } = load.pace ?? FULL_LOAD
  const { port, connections, requests, tracesPerRequest, firstBatch } = load
  const numbers = [port, connections, requests, tracesPerRequest, firstBatch, startedAt, tracesPerMs].map(
    String,
  )
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'load-client.ts'), ...numbers],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let output = ''
  child.stdout.on('data', (data: Buffer) => (output += data.toString()))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`the load client ended with ${String(code)}`)
  const result = JSON.parse(output) as LoadResult
  if (result.failed > 0) throw new Error(`${result.failed} requests were refused`)
  return result
}

/** The floor: an HTTP server in a process of its own that answers 200 without reading the body. */
export async function startFloor(): Promise<{ port: number } & Disposable> {
  const port = await freePort()
  const source = `require('node:http').createServer((request, response) => {
    request.resume(); response.writeHead(200, { 'content-type': 'application/json' }); response.end('{}') }).listen(${port}, '127.0.0.1')`
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'ignore', 'inherit'] })
  await untilAnswered(`http://127.0.0.1:${port}/`, child, () => '')
  return { port, [Symbol.dispose]: () => child.kill('SIGKILL') }
}

export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

export function printMachine(): void {
  console.log(`machine: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`)
}
