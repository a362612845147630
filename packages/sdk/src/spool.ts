/**
 * A folder where sealed batches lie until they are taken. Each process writes to a folder of its own inside, and
 * takes over those of processes that are gone. A batch keeps its instance and sequence, so that one that was
 * sent and not acknowledged before the process died is still counted once.
 */
import * as fs from 'node:fs'
import * as path from 'node:path'
import type { DiagnosticListener } from './diagnostics.ts'
import { isOwnerAlive, retire, SpoolOwner } from './spool-owner.ts'
import type { SealedBatch } from './transport.ts'

/** A batch on disk. */
export interface SpooledBatch {
  readonly instance: string
  readonly sequence: number
  readonly file: string
  readonly bytes: number
  readonly encoding: SealedBatch['encoding']
  readonly traces: number
  readonly measurements: number
  /** Epoch milliseconds. */
  readonly sealedAt: number
}

export interface SpoolOptions {
  directory: string
  bytesMax: number
  instance: string
  report: DiagnosticListener
}

/** sequence, traces, measurements, encoding: all that must be known without reading the file. */
const BATCH_FILE = /^(\d{12})-(\d+)-(\d+)\.json(\.gz)?$/
/** `<instance>` or, once taken over, `<instance>~<instance that took it>`. */
const FOLDER = /^([\w-]{1,64})(?:~[\w-]{1,64})?$/

export class Spool {
  readonly #options: SpoolOptions
  readonly #folder: string
  readonly #owners: SpoolOwner[] = []
  #bytes = 0
  /** Whether the last batch found no place: until there is room, the next one will not find it either. */
  #hasRefused = false
  #hasFailed = false

  /** Never throws: a folder that cannot be used is reported, and batches stay in memory. */
  constructor(options: SpoolOptions) {
    this.#options = options
    this.#folder = path.join(options.directory, options.instance)
  }

  get hasRoom(): boolean {
    return !this.#hasRefused && this.#bytes < this.#options.bytesMax
  }

  /** @returns 'full' if there is no room, 'failed' if the disk refuses */
  async write(batch: SealedBatch): Promise<SpooledBatch | 'full' | 'failed'> {
    const written = await this.#write(batch)
    this.#hasRefused = typeof written === 'string'
    return written
  }

  async #write(batch: SealedBatch): Promise<SpooledBatch | 'full' | 'failed'> {
    if (this.#bytes + batch.body.byteLength > this.#options.bytesMax) return 'full'
    const spooled = this.#describe(batch)
    try {
      this.#prepare()
      const handle = await fs.promises.open(`${spooled.file}.part`, 'w')
      try {
        await handle.writeFile(batch.body)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await fs.promises.rename(`${spooled.file}.part`, spooled.file)
    } catch (error) {
      return this.#fail(error)
    }
    this.#bytes += spooled.bytes
    return spooled
  }

  /** The same without waiting, for the moment a process ends. */
  writeNow(batch: SealedBatch): void {
    const { file } = this.#describe(batch)
    try {
      this.#prepare()
      const descriptor = fs.openSync(`${file}.part`, 'w')
      fs.writeFileSync(descriptor, batch.body)
      fs.fsyncSync(descriptor)
      fs.closeSync(descriptor)
      fs.renameSync(`${file}.part`, file)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** @returns undefined if it is gone or cannot be read */
  async read(batch: SpooledBatch): Promise<SealedBatch | undefined> {
    try {
      const body = await fs.promises.readFile(batch.file)
      const { instance, sequence, encoding, traces, measurements, sealedAt } = batch
      return { instance, sequence, body, encoding, traces, measurements, sealedAt }
    } catch (error) {
      this.#fail(error)
      return undefined
    }
  }

  async remove(batch: SpooledBatch): Promise<void> {
    this.#bytes -= batch.bytes
    this.#hasRefused = false
    try {
      await fs.promises.rm(batch.file, { force: true })
      const folder = path.dirname(batch.file)
      if (folder !== this.#folder) this.#leaveIfEmpty(folder)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Takes over the batches of processes that are gone, in their order. */
  adopt(): SpooledBatch[] {
    const adopted: SpooledBatch[] = []
    for (const name of this.#list(this.#options.directory)) {
      const instance = FOLDER.exec(name)?.[1]
      const folder = path.join(this.#options.directory, name)
      if (instance === undefined || instance === this.#options.instance || this.#owns(folder)) continue
      const taken = path.join(this.#options.directory, `${instance}~${this.#options.instance}`)
      if (isOwnerAlive(folder) || !this.#take(folder, taken)) continue
      for (const file of this.#list(taken).sort()) {
        const batch = this.#parse(instance, taken, file)
        if (batch !== undefined) adopted.push(batch)
      }
      this.#leaveIfEmpty(taken)
    }
    for (const { bytes } of adopted) this.#bytes += bytes
    return adopted
  }

  /** Says that this process lives; others take over what is not said for a minute. */
  beat(): void {
    for (const owner of this.#owners) owner.beat()
  }

  /** Leaves what was not taken to the next process. */
  close(): void {
    for (const owner of this.#owners.splice(0)) owner.release()
    retire(this.#options.instance)
    removeIfEmpty(this.#folder)
  }

  #prepare(): void {
    if (!this.#owns(this.#folder)) this.#owners.push(SpoolOwner.claim(this.#folder, this.#options.instance))
  }

  #owns(folder: string): boolean {
    return this.#owners.some((owner) => owner.folder === folder)
  }

  /** The owner is written before the move, so that a third process never sees the folder without one. */
  #take(folder: string, taken: string): boolean {
    try {
      SpoolOwner.claim(folder, this.#options.instance)
      fs.renameSync(folder, taken)
      this.#owners.push(SpoolOwner.claim(taken, this.#options.instance))
      return true
    } catch {
      // Another process was faster.
      return false
    }
  }

  #leaveIfEmpty(folder: string): void {
    if (this.#list(folder).some((file) => BATCH_FILE.test(file))) return
    const index = this.#owners.findIndex((owner) => owner.folder === folder)
    if (index >= 0) this.#owners.splice(index, 1)[0]?.release()
    removeIfEmpty(folder)
  }

  #describe(batch: SealedBatch): SpooledBatch {
    const { instance, sequence, encoding, traces, measurements, body, sealedAt } = batch
    const ending = encoding === 'gzip' ? '.json.gz' : '.json'
    const name = `${String(sequence).padStart(12, '0')}-${traces}-${measurements}${ending}`
    return {
      instance,
      sequence,
      encoding,
      traces,
      measurements,
      sealedAt,
      bytes: body.byteLength,
      file: path.join(this.#folder, name),
    }
  }

  #parse(instance: string, folder: string, name: string): SpooledBatch | undefined {
    const match = BATCH_FILE.exec(name)
    const file = path.join(folder, name)
    if (match === null) {
      // A batch that was being written when the process died: its end is missing, so it was never sealed.
      if (name.endsWith('.part')) fs.rmSync(file, { force: true })
      return undefined
    }
    const stat = fs.statSync(file, { throwIfNoEntry: false })
    return {
      instance,
      sequence: Number(match[1]),
      traces: Number(match[2]),
      measurements: Number(match[3]),
      encoding: match[4] === undefined ? 'identity' : 'gzip',
      bytes: stat?.size ?? 0,
      // Written when it was sealed, and never again.
      sealedAt: stat?.mtimeMs ?? 0,
      file,
    }
  }

  #list(folder: string): string[] {
    try {
      return fs.readdirSync(folder)
    } catch {
      return []
    }
  }

  #fail(error: unknown): 'failed' {
    if (!this.#hasFailed) {
      this.#hasFailed = true
      this.#options.report({
        code: 'spool_failed',
        message: `The spool ${this.#options.directory} does not work: ${error instanceof Error ? error.message : String(error)}. Batches stay in memory.`,
        hint: 'Check that the folder can be written and has room.',
      })
    }
    return 'failed'
  }
}

function removeIfEmpty(folder: string): void {
  try {
    fs.rmdirSync(folder)
  } catch {
    // Not empty, or never made.
  }
}
