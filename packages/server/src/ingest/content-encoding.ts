/** Content-Encoding of a request: which decompressor a body needs. */
import { RagmeterError } from '@ragmeter/core'
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib'
import type { Transform } from 'node:stream'

/** Output is taken in pieces of this size: a zip bomb is noticed after one piece too many. */
const chunkSize = 64 * 1024

/** Makes a decompressor; `deflate` has two forms, told apart by the first byte of the body. */
export type DecompressorFactory = (firstByte: number) => Transform

const FACTORIES: ReadonlyMap<string, DecompressorFactory> = new Map<string, DecompressorFactory>([
  ['gzip', () => createGunzip({ chunkSize })],
  ['x-gzip', () => createGunzip({ chunkSize })],
  ['br', () => createBrotliDecompress({ chunkSize })],
  ['deflate', inflate],
])

/** The standard says zlib's form; some clients send the raw one. zlib's begins with compression method 8. */
function inflate(firstByte: number): Transform {
  return (firstByte & 0x0f) === 8 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize })
}

/**
 * @returns undefined for a body that is not compressed
 * @throws RagmeterError `unsupported_encoding`
 */
export function decompressorFor(header: string | undefined): DecompressorFactory | undefined {
  if (header === undefined) return undefined
  const encodings = header
    .split(',')
    .map((encoding) => encoding.trim().toLowerCase())
    .filter((encoding) => encoding !== '' && encoding !== 'identity')
  const [encoding] = encodings
  if (encoding === undefined) return undefined
  if (encodings.length > 1) {
    throw new RagmeterError('unsupported_encoding', `the body is encoded more than once: ${shown(header)}`)
  }
  const factory = FACTORIES.get(encoding)
  if (factory === undefined) {
    throw new RagmeterError('unsupported_encoding', `the encoding ${shown(encoding)} is not known`)
  }
  return factory
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 64))
}
