import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteBuffer } from './byte-buffer.ts'

const chunks = fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 20 })

test('ByteBuffer holds what was appended, in memory of its own, whatever length was expected', () => {
  fc.assert(
    fc.property(chunks, fc.option(fc.nat(1_000_000), { nil: undefined }), (parts, expected) => {
      const buffer = new ByteBuffer(expected)
      for (const part of parts) buffer.append(part)
      const bytes = buffer.take()
      expect(Buffer.compare(bytes, Buffer.concat(parts))).toBe(0)
      expect(bytes.byteOffset).toBe(0)
      expect(bytes.buffer.byteLength).toBe(bytes.byteLength)
    }),
  )
})

test('ByteBuffer does not allocate what is only announced', () => {
  const buffer = new ByteBuffer(30 * 1024 * 1024)
  const before = process.memoryUsage().arrayBuffers
  buffer.append(new Uint8Array(10))
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024)
  buffer.append(new Uint8Array(10))
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 1024 * 1024)
})

test('ByteBuffer takes a body in one piece as it is, and writes to no piece that it was given', () => {
  const piece = new Uint8Array([1, 2, 3])
  const whole = new ByteBuffer(3)
  whole.append(piece)
  expect(whole.take()).toBe(piece)
  whole.append(new Uint8Array([4]))
  expect(whole.take()).toEqual(new Uint8Array([1, 2, 3, 4]))
  expect(piece).toEqual(new Uint8Array([1, 2, 3]))
  const part = new ByteBuffer()
  part.append(piece.subarray(1))
  expect(part.take().buffer).not.toBe(piece.buffer)
})

test('ByteBuffer of nothing can be moved, and the next one too', () => {
  const [first, second] = [new ByteBuffer().take(), new ByteBuffer().take()]
  expect(first.buffer).not.toBe(second.buffer)
})
