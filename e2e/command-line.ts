/** Runs the built command line as its users do, each test with a home of its own that is cleared away after it. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { until as untilValue } from './daemon-process.ts'

/** The built command line. */
export const MAIN = join(import.meta.dirname, '../packages/cli/dist/main.js')

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** The state file, as far as the tests look into it. */
export interface DaemonRecord {
  pid: number
  processStart: string | null
  port: number
  url: string
  nonce: string
  startedAt: string
  [field: string]: unknown
}

export interface Envelope {
  command: string
  status: 'success' | 'error'
  version: string
  data: Record<string, unknown> | null
  warnings: { code: string; message: string; hint: string }[]
  errors: { code: string; message: string; hint: string }[]
}

export interface RunningCommand {
  child: ChildProcess
  /** Exit code, or the signal that ended it. */
  exit: Promise<[number | null, string | null]>
  /** What it has printed so far. */
  output: () => { stdout: string; stderr: string }
}

export interface Home {
  readonly folder: string
  /** Runs a command to its end. */
  run(commandArguments: readonly string[], variables?: Record<string, string>): Promise<Outcome>
  /** The same with --json: the envelope, which has to be all that is printed. */
  json(
    commandArguments: readonly string[],
    variables?: Record<string, string>,
  ): Promise<{ code: number | null; envelope: Envelope }>
  /** Runs a line of the shell, to which `ragmeter` is the command line. */
  shell(line: string): Promise<Outcome>
  /** Starts a command without waiting for its end. */
  spawn(commandArguments: readonly string[], variables?: Record<string, string>): RunningCommand
  /** Starts a process that stays, `start --foreground`, and waits until it answers. */
  foreground(
    commandArguments?: readonly string[],
    variables?: Record<string, string>,
  ): Promise<RunningCommand>
  record(): DaemonRecord
  hasRecord(): boolean
  writeRecord(record: DaemonRecord | string): void
}

/** A home in a new folder. Its daemon takes a free port unless told otherwise. */
export function createHome(): Home {
  if (!existsSync(MAIN)) throw new Error('The tests run the built packages: npm run build')
  const folder = mkdtempSync(join(tmpdir(), 'ragmeter-e2e-'))
  const recordPath = join(folder, 'daemon.json')
  const children: ChildProcess[] = []

  const environment = (variables: Record<string, string>) => ({
    PATH: process.env['PATH'],
    HOME: folder,
    RAGMETER_HOME: folder,
    RAGMETER_PORT: '0',
    ...variables,
  })
  const start = (
    commandArguments: readonly string[],
    variables: Record<string, string>,
    program = [process.execPath, MAIN],
  ) => {
    const [file = '', ...rest] = [...program, ...commandArguments]
    const child = spawn(file, rest, {
      cwd: folder,
      env: environment(variables),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    return child
  }

  const home: Home = {
    folder,
    spawn: (commandArguments, variables = {}) => watched(start(commandArguments, variables)),
    async shell(line) {
      const setUp = `ragmeter() { "${process.execPath}" "${MAIN}" "$@"; }`
      const { exit, output } = watched(start(['-c', `${setUp}; ${line}`], {}, ['sh']))
      const [code] = await exit
      return { code, ...output() }
    },
    async run(commandArguments, variables) {
      const { exit, output } = home.spawn(commandArguments, variables)
      const [code] = await exit
      return { code, ...output() }
    },
    async json(commandArguments, variables = {}) {
      const { code, stdout, stderr } = await home.run([...commandArguments, '--json'], variables)
      if (stderr !== '') throw new Error(`stderr with --json: ${stderr}`)
      return { code, envelope: JSON.parse(stdout) as Envelope }
    },
    async foreground(commandArguments = [], variables) {
      const command = home.spawn(['start', '--foreground', ...commandArguments], variables)
      const { child, output } = command
      await until(() => home.hasRecord() || child.exitCode !== null)
      if (child.exitCode !== null) throw new Error(`the daemon ended: ${output().stderr}`)
      return command
    },
    record: () => JSON.parse(readFileSync(recordPath, 'utf8')) as DaemonRecord,
    hasRecord: () => existsSync(recordPath),
    writeRecord(record) {
      writeFileSync(recordPath, typeof record === 'string' ? record : JSON.stringify(record))
    },
  }
  onTestFinished(async () => {
    await home.run(['stop', '--force'])
    for (const child of children) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return home
}

/** A child whose output is kept. */
export function watched(child: ChildProcess): RunningCommand {
  const [stdout, stderr] = [collect(child, 'stdout'), collect(child, 'stderr')]
  const exit = once(child, 'close') as RunningCommand['exit']
  return { child, exit, output: () => ({ stdout: stdout(), stderr: stderr() }) }
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = ''
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return () => text
}

/** Waits until something is so. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await untilValue(condition, Boolean)
}

/** Whether a process is there and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Another program, which must survive whatever the command line does. */
export function startOtherProgram(): ChildProcess {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return child
}
