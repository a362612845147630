/** Reads a request body to its end, within limits, decompressing off the event loop as it arrives. */
import { RagmeterError } from '@ragmeter/core'
import type { Readable, Transform } from 'node:stream'
import type { AdmissionTicket } from './admission.ts'
import { ByteBuffer } from './byte-buffer.ts'
import type { DecompressorFactory } from './content-encoding.ts'

export interface BodyOptions {
  /** Content-Length, if it is stated. */
  contentLength: number | undefined
  decompressor: DecompressorFactory | undefined
  /** Bytes on the wire. */
  wireBytesMax: number
  /** Bytes after decompression. */
  decompressedBytesMax: number
  ticket: AdmissionTicket
}

/** Takes a body in pieces; calls `finish` when all of it is in `body`. */
interface Receiver {
  /** @returns false if the sender has to wait for `onDrain` */
  write(chunk: Uint8Array): boolean
  end(): void
  /** Stops the work at once. */
  destroy(): void
}

/**
 * The stream is never destroyed: it belongs to the connection, on which an answer still has to be sent. After an
 * error it is paused; the caller drains it.
 * @throws RagmeterError `body_too_large`, `body_incomplete`, `body_corrupt`, `overloaded`
 */
export function readBody(stream: Readable, options: BodyOptions): Promise<Uint8Array> {
  const { wireBytesMax, contentLength } = options
  return new Promise((resolve, reject) => {
    if (contentLength !== undefined && contentLength > wireBytesMax) {
      reject(tooLarge(`the body has ${contentLength} bytes`, wireBytesMax))
      return
    }
    let wireBytes = 0
    let ended = false
    let settled = false
    const settle = () => {
      settled = true
      stream.off('data', onData).off('end', onEnd).off('close', onClose)
    }
    const finish = (bytes: Uint8Array) => {
      settle()
      resolve(bytes)
    }
    const fail = (error: Error) => {
      if (settled) return
      settle()
      stream.pause()
      receiver.destroy()
      reject(error)
    }
    const receiver =
      options.decompressor === undefined
        ? plainReceiver(options, finish)
        : new Decompression(options, options.decompressor, { finish, fail, drain: () => stream.resume() })
    const onData = (chunk: Uint8Array) => {
      try {
        wireBytes += chunk.length
        if (wireBytes > wireBytesMax) throw tooLarge('the body has more bytes', wireBytesMax)
        if (!receiver.write(chunk)) stream.pause()
      } catch (error) {
        fail(error as Error)
      }
    }
    const onEnd = () => {
      ended = true
      receiver.end()
    }
    const onClose = () => {
      if (!ended) fail(new RagmeterError('body_incomplete', `the connection ended after ${wireBytes} bytes`))
    }
    // The error of a broken connection says no more than its `close`, but without a listener it would be thrown.
    stream.on('error', ignore).on('data', onData).on('end', onEnd).on('close', onClose)
    if (stream.destroyed) onClose()
  })
}

function plainReceiver(options: BodyOptions, finish: (bytes: Uint8Array) => void): Receiver {
  const body = new ByteBuffer(options.contentLength)
  return {
    write: (chunk) => {
      options.ticket.grow(chunk.length)
      body.append(chunk)
      return true
    },
    end: () => finish(body.take()),
    destroy: ignore,
  }
}

interface DecompressionListener {
  finish(bytes: Uint8Array): void
  fail(error: Error): void
  drain(): void
}

/** The stream of zlib works in the thread pool; here its output is only collected. */
class Decompression implements Receiver {
  readonly #options: BodyOptions
  readonly #factory: DecompressorFactory
  readonly #listener: DecompressionListener
  readonly #body = new ByteBuffer()
  #stream: Transform | undefined
  /** The compressed data has ended; what follows it on the wire is ignored. */
  #complete = false
  #senderEnded = false

  constructor(options: BodyOptions, factory: DecompressorFactory, listener: DecompressionListener) {
    this.#options = options
    this.#factory = factory
    this.#listener = listener
  }

  write(chunk: Uint8Array): boolean {
    if (chunk.length === 0 || this.#complete) return true
    this.#stream ??= this.#open(chunk[0] ?? 0)
    return this.#stream.write(chunk)
  }

  end(): void {
    this.#senderEnded = true
    if (this.#stream === undefined) {
      this.#listener.fail(
        new RagmeterError('body_corrupt', 'the body is empty, but Content-Encoding is stated'),
      )
    } else if (this.#complete) this.#listener.finish(this.#body.take())
    else this.#stream.end()
  }

  destroy(): void {
    this.#complete = true
    this.#stream?.removeAllListeners('data').removeAllListeners('drain').removeAllListeners('end').destroy()
  }

  #open(firstByte: number): Transform {
    const stream = this.#factory(firstByte)
    stream.on('data', (chunk: Uint8Array) => this.#collect(chunk))
    stream.on('drain', () => this.#listener.drain())
    stream.on('end', () => {
      this.#complete = true
      if (this.#senderEnded) this.#listener.finish(this.#body.take())
      else this.#listener.drain()
    })
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#complete) return
      this.#listener.fail(
        new RagmeterError('body_corrupt', `the body does not decompress: ${error.code ?? 'unknown error'}`, {
          cause: error,
        }),
      )
    })
    return stream
  }

  #collect(chunk: Uint8Array): void {
    if (this.#complete) return
    const { decompressedBytesMax, ticket } = this.#options
    try {
      if (this.#body.length + chunk.length > decompressedBytesMax) {
        throw tooLarge('the decompressed body has more bytes', decompressedBytesMax)
      }
      ticket.grow(chunk.length)
      this.#body.append(chunk)
    } catch (error) {
      this.#listener.fail(error as Error)
    }
  }
}

function tooLarge(what: string, bytesMax: number): RagmeterError {
  return new RagmeterError('body_too_large', `${what}; the limit is ${bytesMax} bytes`)
}

function ignore(): void {}
