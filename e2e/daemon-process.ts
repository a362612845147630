/** The built daemon as a process: started, killed and stopped as an operator would. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const CLI = join(import.meta.dirname, '../packages/cli/dist/main.js')

export interface DaemonOptions {
  /** State and database; a temporary folder by default, removed with the daemon. */
  directory?: string
  port?: number
  /** More flags of `ragmeter start`. */
  flags?: readonly string[]
  /** Added to the environment. */
  environment?: Readonly<Record<string, string>>
}

export interface DaemonProcess extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly directory: string
  readonly database: string
  readonly child: ChildProcess
  /** What it has written to stderr so far. */
  errors(): string
  /** Resident memory. */
  residentBytes(): number
  /** kill -9 */
  kill(): Promise<void>
  /** SIGTERM. @returns the exit code */
  stop(): Promise<number | null>
}

const START_TIMEOUT_MS = 20_000

/** @throws Error with what the daemon wrote, if it ends or does not answer */
export async function startDaemon(options: DaemonOptions = {}): Promise<DaemonProcess> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'ragmeter-daemon-'))
  const port = options.port ?? (await freePort())
  const database = join(directory, 'ragmeter.db')
  const child = spawn(
    process.execPath,
    [CLI, 'start', '--foreground', '--port', String(port), '--db', database, ...(options.flags ?? [])],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...options.environment, RAGMETER_HOME: directory },
    },
  )
  let written = ''
  child.stderr.on('data', (data: Buffer) => (written += data.toString()))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return exited
  }
  const daemon: DaemonProcess = {
    port,
    url: `http://127.0.0.1:${port}`,
    directory,
    database,
    child,
    errors: () => written,
    residentBytes: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    async kill() {
      await end('SIGKILL')
    },
    stop: () => end('SIGTERM'),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await end('SIGTERM')
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true })
    },
  }
  try {
    await untilAnswered(`${daemon.url}/livez`, child, () => written)
    return daemon
  } catch (error) {
    await daemon[Symbol.asyncDispose]()
    throw error
  }
}

/** Waits until a URL answers 200. @throws Error if the process behind it ends first, or after 20 seconds */
export async function untilAnswered(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}: ${output()}`)
    try {
      if ((await fetch(url)).ok) return
    } catch {
      // Not listening yet.
    }
    await pause(25)
  }
  throw new Error(`${url} did not answer within ${START_TIMEOUT_MS} ms: ${output()}`)
}

/** Waits for a condition. @throws Error after the timeout, with the last value seen */
export async function until<Value>(
  read: () => Promise<Value> | Value,
  condition: (value: Value) => boolean,
  timeoutMs = 30_000,
): Promise<Value> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await read()
    if (condition(value)) return value
    if (Date.now() > deadline) throw new Error(`still ${JSON.stringify(value)} after ${timeoutMs} ms`)
    await pause(50)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** A port below the range that the system gives out by itself, so that nobody takes it between two uses. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer()
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    const address = server.address() as AddressInfo | null
    await new Promise((resolve) => server.close(resolve))
    if (free && address !== null) return port
  }
}

export async function getJson<Value>(url: string): Promise<Value> {
  const response = await fetch(url)
  return (await response.json()) as Value
}

/** Sum of all samples of a metric on a page of Prometheus text, filtered by parts of the label text. */
export function sumOf(page: string, metric: string, ...labels: readonly string[]): number {
  let sum = 0
  for (const line of page.split('\n')) {
    if (line.startsWith(`${metric}{`) || line.startsWith(`${metric} `)) {
      if (labels.every((label) => line.includes(label))) sum += Number(line.slice(line.lastIndexOf(' ')))
    }
  }
  return sum
}
