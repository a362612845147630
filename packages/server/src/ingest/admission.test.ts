import { RagmeterError } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { Admission } from './admission.ts'

test('Admission refuses requests over the limit and takes them again after a release', () => {
  const admission = new Admission({ requestsMax: 2 })
  const first = admission.enter()
  admission.enter()
  expect(() => admission.enter()).toThrow(RagmeterError)
  first.release()
  expect(() => admission.enter()).not.toThrow()
})

test('Admission refuses bytes over the limit and keeps count of those that were taken', () => {
  const admission = new Admission({ bytesMax: 100 })
  const ticket = admission.enter()
  ticket.grow(60)
  const other = admission.enter()
  expect(() => other.grow(41)).toThrow('60 bytes are waiting')
  other.grow(40)
  expect(admission.bytes).toBe(100)
  ticket.release()
  expect(admission.bytes).toBe(40)
})

test('Admission counts a release once', () => {
  const admission = new Admission()
  const ticket = admission.enter()
  ticket.grow(10)
  admission.enter()
  ticket.release()
  ticket.release()
  expect([admission.requests, admission.bytes]).toEqual([1, 0])
})

test('Admission says when to come back', () => {
  const admission = new Admission({ requestsMax: 0 })
  expect(() => admission.enter()).toThrow(
    expect.objectContaining({ code: 'overloaded', retryAfterSeconds: 2 }),
  )
})
