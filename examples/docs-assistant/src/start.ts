/** `npm start`: builds what is needed, starts the daemon and this example, and shows what is measured. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { liveLine } from './live-line.ts'
import { startSupervised } from './supervised-process.ts'
import type { SupervisedProcess } from './supervised-process.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const cliPath = join(root, 'packages/cli/dist/main.js')
const assistantPath = fileURLToPath(new URL('main.ts', import.meta.url))
const startTimeoutMs = 30_000
const stopTimeoutMs = 10_000
const requestTimeoutMs = 2_000

const help = `npm start [-- options]   the daemon and an application that is measured; Ctrl-C stops both

  --port N                 the daemon's port on 127.0.0.1 (default 7246)
  --assistant-port N       the application's port (default 7247)
  --data DIRECTORY         database and logs (default examples/docs-assistant/.data)
  --speed N                how much faster than in the real trace questions arrive (default 1)
  --simulate-llm-latency   answer as slowly as a language model would; the model's name says so

RAGMETER_* variables of the shell are not passed on: what runs here stands alone. With OPENAI_MODEL set, a language
model answers; see examples/docs-assistant/README.md.
`

interface StartOptions {
  readonly daemonPort: string
  readonly assistantPort: string
  readonly dataDirectory: string
  /** For the application as they are. */
  readonly assistantArgs: readonly string[]
}

function parseOptions(): StartOptions | 'help' {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '7246' },
      'assistant-port': { type: 'string', default: '7247' },
      data: { type: 'string', default: join(root, 'examples/docs-assistant/.data') },
      speed: { type: 'string', default: '1' },
      'simulate-llm-latency': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const simulate = values['simulate-llm-latency'] ? ['--simulate-llm-latency'] : []
  return {
    daemonPort: values.port,
    assistantPort: values['assistant-port'],
    dataDirectory: values.data,
    assistantArgs: ['--port', values['assistant-port'], '--speed', values.speed, ...simulate],
  }
}

async function build(signal: AbortSignal): Promise<void> {
  console.log('Building ...')
  const npm = spawn('npm', ['run', 'build', '--silent'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const [exitCode] = (await once(npm, 'exit')) as [number | null]
  if (exitCode !== 0 && !signal.aborted) throw new Error('The build failed; its messages are above.')
}

function startDaemon(options: StartOptions): SupervisedProcess {
  return startSupervised({
    name: 'The daemon',
    args: [cliPath, 'start', '--foreground', '--port', options.daemonPort],
    environment: { ...plainEnvironment(), RAGMETER_HOME: options.dataDirectory },
    logPath: join(options.dataDirectory, 'daemon.log'),
  })
}

function startAssistant(options: StartOptions, daemonUrl: string): SupervisedProcess {
  return startSupervised({
    name: 'The application',
    args: ['--import', import.meta.resolve('tsx'), assistantPath, 'run', '--quiet', ...options.assistantArgs],
    // Sent more often than usual, so that the line below moves every second.
    environment: { ...plainEnvironment(), RAGMETER_ENDPOINT: daemonUrl, RAGMETER_FLUSH_INTERVAL_MS: '1000' },
    logPath: join(options.dataDirectory, 'docs-assistant.log'),
  })
}

function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('RAGMETER_')))
}

function printWhereToLook({ assistantPort, dataDirectory }: StartOptions, daemonUrl: string): void {
  const [data, cli] = [dataDirectory, cliPath].map(shortPath)
  console.log(`
  open             ${daemonUrl}  in a browser: what is measured, trace by trace; /metrics for Prometheus
  the application  http://127.0.0.1:${assistantPort}  answers questions about ragmeter
  ask it           curl http://127.0.0.1:${assistantPort}/ask --json '{"question": "Is the query text stored?"}'
  look closer      RAGMETER_HOME=${data} node ${cli} stats --period 1h
  logs             ${data}/*.log

Measured in the last hour; "empty" are retrievals that found nothing. Ctrl-C stops everything.
`)
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path)
  return fromHere.startsWith('..') ? path : fromHere
}

/** Every second in place on a terminal, else a line every ten seconds; ends with the signal. */
async function showLiveLine(
  daemonUrl: string,
  children: readonly SupervisedProcess[],
  signal: AbortSignal,
): Promise<void> {
  // npm does not pass every signal on; when it is gone, nobody is watching any more.
  const parent = process.ppid
  const secondsBetween = process.stdout.isTTY ? 1 : 10
  for (let second = 0; !signal.aborted && process.ppid === parent; second += 1) {
    const gone = children.find((child) => !child.running())
    if (gone !== undefined) throw new Error(gone.obituary())
    if (second % secondsBetween === 0) printLive(await currentLine(daemonUrl))
    await sleep(1_000, undefined, { signal }).catch(() => undefined)
  }
}

function printLive(line: string): void {
  const { isTTY, columns } = process.stdout
  // A line that wraps could not be written over; a terminal that does not tell its width gets all of it.
  process.stdout.write(isTTY ? `\r\u001B[2K${columns > 0 ? line.slice(0, columns) : line}` : `${line}\n`)
}

async function currentLine(daemonUrl: string): Promise<string> {
  const stats = await getJson(`${daemonUrl}/stats?period=1h`)
  return stats === undefined ? 'The daemon does not answer.' : liveLine(stats)
}

/** Undefined if there is no answer. */
async function getJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}

/** Whoever else may listen on this port is not the daemon that was started here. */
async function isHealthy(daemonUrl: string, pid: number | undefined): Promise<boolean> {
  const health = await getJson(`${daemonUrl}/health`)
  return typeof health === 'object' && health !== null && 'pid' in health && health.pid === pid
}

async function main(): Promise<void> {
  const options = parseOptions()
  if (options === 'help') {
    console.log(help)
    return
  }
  const daemonUrl = `http://127.0.0.1:${options.daemonPort}`
  const children: SupervisedProcess[] = []
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // Whoever asks twice does not want to wait.
      if (stop.signal.aborted) for (const child of children) child.kill()
      stop.abort()
    })
  }

  await build(stop.signal)
  if (stop.signal.aborted) return
  mkdirSync(options.dataDirectory, { recursive: true })
  try {
    const daemon = startDaemon(options)
    children.push(daemon)
    await daemon.ready(async () => stop.signal.aborted || isHealthy(daemonUrl, daemon.pid), startTimeoutMs)
    if (stop.signal.aborted) return
    const assistant = startAssistant(options, daemonUrl)
    children.unshift(assistant)
    await assistant.ready(() => stop.signal.aborted || assistant.log().includes('answers on'), startTimeoutMs)
    if (!stop.signal.aborted) printWhereToLook(options, daemonUrl)
    await showLiveLine(daemonUrl, children, stop.signal)
    await assistant.stop(stopTimeoutMs)
    printLive(await currentLine(daemonUrl))
  } finally {
    console.log('\nStopping ...')
    // The application first: its last measurements still go to the daemon.
    for (const child of children) await child.stop(stopTimeoutMs)
    console.log('Stopped.')
  }
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
