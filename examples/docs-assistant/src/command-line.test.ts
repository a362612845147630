import { expect, test } from 'vitest'

import { parseCommand } from './command-line.ts'

test('parseCommand fills in the defaults', () => {
  expect(parseCommand(['run'])).toEqual({
    name: 'run',
    port: 7247,
    root: undefined,
    indexUrl: undefined,
    simulateLatency: false,
    speed: 1,
    requestsMax: undefined,
    quiet: false,
  })
  expect(parseCommand(['drive'])).toMatchObject({ name: 'drive', url: 'http://127.0.0.1:7247' })
  expect(parseCommand(['index'])).toEqual({ name: 'index', port: 7248, root: undefined })
})

test('parseCommand reads every option', () => {
  const args = '--port 0 --root /r --simulate-llm-latency --speed 2.5 --requests 10 --quiet'.split(' ')
  expect(parseCommand(['run', ...args])).toEqual({
    name: 'run',
    port: 0,
    root: '/r',
    indexUrl: undefined,
    simulateLatency: true,
    speed: 2.5,
    requestsMax: 10,
    quiet: true,
  })
  expect(parseCommand(['drive', '--url', 'https://a.test'])).toMatchObject({ url: 'https://a.test' })
  expect(parseCommand(['serve', '--index', 'http://a.test'])).toMatchObject({ indexUrl: 'http://a.test' })
  expect(parseCommand(['index', '--port', '1', '--root', '/r'])).toEqual({
    name: 'index',
    port: 1,
    root: '/r',
  })
})

test('parseCommand shows help for --help whatever else is said', () => {
  expect(parseCommand(['nonsense', '--help'])).toEqual({ name: 'help' })
})

test.each([
  [[], 'serve, drive, run, index'],
  [['walk'], 'serve, drive, run, index'],
  [['run', 'fast'], 'serve, drive, run'],
  [['run', '--port', '70000'], '--port'],
  [['run', '--port', 'x'], '--port'],
  [['run', '--speed', '0'], '--speed'],
  [['run', '--speed', 'Infinity'], '--speed'],
  [['run', '--requests', '1.5'], '--requests'],
  [['run', '--what'], '--what'],
  [['serve', '--speed', '2'], 'serve'],
  [['drive', '--url', 'localhost:1'], '--url'],
  [['run', '--index', 'localhost:1'], '--index'],
  [['run', '--index', 'http://a.test', '--root', '/r'], 'one of them'],
  [['index', '--simulate-llm-latency'], 'index'],
])('parseCommand refuses %j and names what is wrong', (args, named) => {
  expect(() => parseCommand(args)).toThrow(named)
})
