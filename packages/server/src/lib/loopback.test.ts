import { expect, test } from 'vitest'
import { isLoopbackName } from './loopback.ts'

test.each([
  'localhost',
  'LOCALHOST',
  '127.0.0.1',
  '127.8.9.10',
  '::1',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
])('isLoopbackName knows %s', (name) => {
  expect(isLoopbackName(name)).toBe(true)
})

test.each([
  '',
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  '::2',
  '1::1',
  'localhost.example.org',
  '127.0.0.1.nip.io',
  '127.1',
  '[::1]',
])('isLoopbackName refuses %s', (name) => {
  expect(isLoopbackName(name)).toBe(false)
})
