/** The example application as processes: its service with questions that keep coming, its search index, its driver. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { untilAnswered } from './daemon-process.ts'

const MAIN = join(import.meta.dirname, '../examples/docs-assistant/src/main.ts')

export interface ExampleProcess extends AsyncDisposable {
  /** SIGTERM unless said otherwise. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export interface ExampleOptions {
  readonly command: 'run' | 'index' | 'drive'
  /** Where `run` and `index` listen; waits until they do. */
  readonly port?: number
  readonly flags?: readonly string[]
  /** Added to the environment. */
  readonly environment?: Readonly<Record<string, string>>
}

/** @throws Error with what it wrote, if it ends or does not answer */
export async function startExample(options: ExampleOptions): Promise<ExampleProcess> {
  const { command, port, flags = [], environment = {} } = options
  const listen = port === undefined ? [] : ['--port', String(port)]
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), MAIN, command, ...listen, ...flags],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...environment } },
  )
  let written = ''
  child.stderr.on('data', (data: Buffer) => (written += data.toString()))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    await exited
  }
  const example: ExampleProcess = { stop, [Symbol.asyncDispose]: () => stop() }
  if (port === undefined) return example
  try {
    await untilAnswered(`http://127.0.0.1:${port}/health`, child, () => written)
    return example
  } catch (error) {
    await stop()
    throw error
  }
}
