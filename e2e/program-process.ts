/** Alertmanager and the Pushgateway as processes, each with a folder of its own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, untilAnswered } from './daemon-process.ts'

export interface ProgramProcess extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Removed with the process. */
  readonly folder: string
}

interface Program {
  readonly command: string
  /** Files by their names, written into the folder before the start. */
  readonly files?: Readonly<Record<string, string>>
  readonly commandArguments: (folder: string, address: string) => readonly string[]
  readonly readyPath: string
}

async function start({ command, files = {}, commandArguments, readyPath }: Program): Promise<ProgramProcess> {
  const folder = mkdtempSync(join(tmpdir(), `ragmeter-${command}-`))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const port = await freePort()
  const child = spawn(command, commandArguments(folder, `127.0.0.1:${port}`), {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let written = ''
  child.stderr.on('data', (data: Buffer) => (written += data.toString()))
  const exited = new Promise((resolve) => child.once('exit', resolve))
  const url = `http://127.0.0.1:${port}`
  const started: ProgramProcess = {
    url,
    port,
    folder,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGTERM')
      await exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
  try {
    await untilAnswered(`${url}${readyPath}`, child, () => written)
    return started
  } catch (error) {
    await started[Symbol.asyncDispose]()
    throw error
  }
}

export function startAlertmanager(configuration: string): Promise<ProgramProcess> {
  return start({
    command: 'prometheus-alertmanager',
    files: { 'alertmanager.yml': configuration },
    commandArguments: (folder, address) => [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      // Else it listens on every address for others of its kind.
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    readyPath: '/-/ready',
  })
}

export function startPushgateway(): Promise<ProgramProcess> {
  return start({
    command: 'prometheus-pushgateway',
    commandArguments: (_, address) => [`--web.listen-address=${address}`, '--log.level=error'],
    readyPath: '/-/ready',
  })
}
