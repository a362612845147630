/** A file that is there when it is whole: until then it has another name. */
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from '@ragmeter/server'
import { CommandError, messageOf } from '../command-error.ts'

const BUFFERED_CHARACTERS_MAX = 256 * 1024
/** What the user asked for is as open as the rest of what they make. */
const FOLDER_MODE = 0o777

export interface FileChoice {
  /** Whether a file that is there may be replaced. */
  readonly overwrite: boolean
}

export class PartFile implements Disposable {
  readonly #path: string
  readonly #part: string
  readonly #descriptor: number
  #text = ''
  #isOpen = true

  /** @throws CommandError `usage` if the file is there and may not be replaced, `denied` */
  constructor(path: string, { overwrite }: FileChoice) {
    if (!overwrite && existsSync(path)) {
      throw new CommandError('usage', `${path} is there already.`, 'Name another place, or add --overwrite.')
    }
    this.#path = path
    this.#part = `${path}.part`
    this.#descriptor = this.#attempt(() => {
      makeFolder(dirname(path), FOLDER_MODE)
      return openSync(this.#part, 'w')
    })
  }

  write(text: string): void {
    this.#text += text
    if (this.#text.length > BUFFERED_CHARACTERS_MAX) this.#flush()
  }

  finish(): void {
    this.#flush()
    this.#close()
    this.#attempt(() => renameSync(this.#part, this.#path))
  }

  [Symbol.dispose](): void {
    this.#close()
    rmSync(this.#part, { force: true })
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    this.#attempt(() => {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#descriptor, bytes, done)
    })
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#descriptor)
    this.#isOpen = false
  }

  #attempt<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw new CommandError(
        'denied',
        `Cannot write ${this.#path}: ${messageOf(error)}.`,
        'Name a place with space that you may write to.',
        error,
      )
    }
  }
}
