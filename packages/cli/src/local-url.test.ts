import { expect, test } from 'vitest'
import { localUrl } from './local-url.ts'

test.each([
  ['127.0.0.1', 'http://127.0.0.1:7246'],
  ['localhost', 'http://localhost:7246'],
  ['0.0.0.0', 'http://127.0.0.1:7246'],
  ['::', 'http://[::1]:7246'],
  ['::1', 'http://[::1]:7246'],
  ['fd00::5', 'http://[fd00::5]:7246'],
])('localUrl(%s) is %s', (host, url) => {
  expect(localUrl(host, 7246)).toBe(url)
})
