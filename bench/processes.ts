/** Starts the processes that benchmarks measure, and stops them. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const CLI = join(root, 'packages/cli/dist/main.js')

export interface Daemon extends AsyncDisposable {
  port: number
  url: string
  directory: string
  database: string
  /** Resident memory in bytes. */
  residentBytes(): number
}

/** The built daemon over a database in a temporary folder. */
export async function startDaemon(...options: string[]): Promise<Daemon> {
  const directory = mkdtempSync(join(tmpdir(), 'ragmeter-bench-'))
  const database = join(directory, 'ragmeter.db')
  const port = await freePort()
  const child = spawn(
    process.execPath,
    [CLI, 'start', '--foreground', '--port', String(port), '--db', database, ...options],
    { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, RAGMETER_HOME: directory } },
  )
  const url = `http://127.0.0.1:${port}`
  await untilAnswered(`${url}/health`, child)
  return {
    port,
    url,
    directory,
    database,
    residentBytes: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

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
}): Promise<LoadResult> {
  const numbers = [load.port, load.connections, load.requests, load.tracesPerRequest, load.firstBatch].map(
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
  await untilAnswered(`http://127.0.0.1:${port}/`, child)
  return { port, [Symbol.dispose]: () => child.kill('SIGKILL') }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilAnswered(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the process for ${url} ended with ${child.exitCode}`)
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${url} did not answer within 10 seconds`)
}

export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

export function printMachine(): void {
  console.log(`machine: ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`)
}
