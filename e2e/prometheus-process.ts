/** A real Prometheus with its own folder and port, for as long as a test needs it. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, getJson, untilAnswered } from './daemon-process.ts'

export interface Sample {
  metric: Record<string, string>
  value: [number, string]
}

export class Prometheus implements AsyncDisposable {
  readonly url: string
  readonly #end: () => Promise<void>

  private constructor(url: string, end: () => Promise<void>) {
    this.url = url
    this.#end = end
  }

  /** @param files by name, such as rule files that the configuration names */
  static async start(
    configuration: string,
    files: Readonly<Record<string, string>> = {},
  ): Promise<Prometheus> {
    const directory = mkdtempSync(join(tmpdir(), 'ragmeter-prometheus-'))
    const port = await freePort()
    writeFileSync(join(directory, 'prometheus.yml'), configuration)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    const child = spawn(
      'prometheus',
      [
        `--config.file=${join(directory, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=exemplar-storage',
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let written = ''
    child.stderr.on('data', (data: Buffer) => (written += data.toString()))
    const url = `http://127.0.0.1:${port}`
    await untilAnswered(`${url}/-/ready`, child, () => written)
    return new Prometheus(url, async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exited
      rmSync(directory, { recursive: true, force: true })
    })
  }

  async query(expression: string): Promise<Sample[]> {
    const url = `${this.url}/api/v1/query?query=${encodeURIComponent(expression)}`
    return (await getJson<{ data: { result: Sample[] } }>(url)).data.result
  }

  /** The value of an expression that has one sample. */
  async value(expression: string): Promise<number> {
    const [sample] = await this.query(expression)
    return sample === undefined ? Number.NaN : Number(sample.value[1])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#end()
  }
}
