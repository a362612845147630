import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, test } from 'vitest'
import { createAuth } from './auth.ts'

const TOKEN = 'a-token-of-some-length'

describe('createAuth with a token', () => {
  const auth = createAuth({ token: TOKEN })
  const check = (route: string | undefined, headers: IncomingHttpHeaders) =>
    auth.check(route, { method: 'GET', url: route ?? '/nope', headers })

  test.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN} `])('lets in %s', (authorization) => {
    expect(() =>
      check('/stats', { authorization, host: 'monitor.example.org', origin: 'https://x' }),
    ).not.toThrow()
  })

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer wrong',
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${TOKEN}x`,
  ])('refuses %s', (authorization) => {
    const headers = authorization === undefined ? {} : { authorization }
    expect(() => check('/stats', headers)).toThrow(expect.objectContaining({ code: 'unauthorized' }))
  })

  test('asks it of everything but the liveness probe', () => {
    expect(() => check('/livez', {})).not.toThrow()
    for (const route of ['/health', '/metrics', '/ingest', '/api/v1/openapi.json', undefined]) {
      expect(() => check(route, {})).toThrow(expect.objectContaining({ code: 'unauthorized' }))
    }
  })
})

describe('createAuth on loopback without a token', () => {
  const auth = createAuth({ token: undefined })
  const check = (route: string | undefined, headers: IncomingHttpHeaders) =>
    auth.check(route, { method: 'GET', url: route ?? '/nope', headers })

  test.each([
    'localhost:7246',
    'LocalHost:7246',
    '127.0.0.1:7246',
    '127.9.9.9:7246',
    '[::1]:7246',
    '[0:0::1]:7246',
  ])('lets in Host %s, also from a page of the daemon itself', (host) => {
    expect(() => check('/stats', { host })).not.toThrow()
    expect(() => check('/stats', { host, origin: `http://${host}` })).not.toThrow()
  })

  test.each([
    undefined,
    '',
    'evil.example.org:7246',
    '127.0.0.1.evil.example.org:7246',
    'localhost:7246@evil',
    '10.0.0.1:7246',
    '[::2]:7246',
    ':7246',
  ])('refuses Host %s', (host) => {
    const headers = host === undefined ? {} : { host }
    expect(() => check('/livez', headers)).toThrow(expect.objectContaining({ code: 'forbidden_host' }))
  })

  test.each(['https://localhost:7246', 'http://localhost:3000', 'http://evil.example.org', 'null', ''])(
    'refuses Origin %s',
    (origin) => {
      expect(() => check('/ingest', { host: 'localhost:7246', origin })).toThrow(
        expect.objectContaining({ code: 'forbidden_origin' }),
      )
    },
  )

  test('lets in a loopback Host with another port, or none: ports are forwarded', () => {
    for (const host of ['localhost', 'localhost:8080', '[::1]', '127.0.0.1:1']) {
      expect(() => check('/stats', { host })).not.toThrow()
    }
  })

  test('refuses the page of another port of this machine', () => {
    const headers = { host: 'localhost:7246', origin: 'http://localhost:7247' }
    expect(() => check('/stats', headers)).toThrow(expect.objectContaining({ code: 'forbidden_origin' }))
  })
})
