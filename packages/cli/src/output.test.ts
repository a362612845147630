import { expect, test } from 'vitest'
import { CommandError } from './command-error.ts'
import { alignRows, createTerminal } from './output.ts'
import type { Sink } from './progress-bar.ts'

function sink(isTTY = false): Sink & { text: string } {
  return {
    isTTY,
    text: '',
    write(text: string) {
      this.text += text
    },
  }
}

const result = {
  data: { state: 'running' },
  text: 'ragmeter is running',
  warnings: [{ code: 'w', message: 'Look out.', hint: 'Do this.' }],
}
const failure = new CommandError('port_busy', 'Port 7246 is taken.', 'Choose another with --port.')

test('createTerminal: a result goes to stdout, its warnings to stderr', () => {
  const [stdout, stderr] = [sink(), sink()]
  createTerminal(stdout, stderr, {}, false).result('status', '0.1.0', result)
  expect(stdout.text).toBe('ragmeter is running\n')
  expect(stderr.text).toBe('warning: Look out. Do this.\n')
})

test('createTerminal: a failure goes to stderr with its remedy', () => {
  const [stdout, stderr] = [sink(), sink()]
  createTerminal(stdout, stderr, {}, false).failure('start', '0.1.0', failure)
  expect(stdout.text).toBe('')
  expect(stderr.text).toBe('error: Port 7246 is taken.\nChoose another with --port.\n')
})

test('createTerminal: JSON is one line with the whole envelope, and nothing on stderr', () => {
  const [stdout, stderr] = [sink(), sink()]
  const terminal = createTerminal(stdout, stderr, {}, true)
  terminal.progress('Starting …')
  terminal.result('status', '0.1.0', result)
  terminal.failure('start', '0.1.0', failure)
  terminal.result('status', '0.1.0', { ...result, problem: failure })
  expect(stderr.text).toBe('')
  const errors = [{ code: 'port_busy', message: 'Port 7246 is taken.', hint: 'Choose another with --port.' }]
  const { data, warnings } = result
  expect(
    stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    { command: 'status', status: 'success', version: '0.1.0', data, warnings, errors: [] },
    { command: 'start', status: 'error', version: '0.1.0', data: null, warnings: [], errors },
    { command: 'status', status: 'error', version: '0.1.0', data, warnings, errors },
  ])
})

test.each([
  ['a terminal', true, {}, true],
  ['a pipe', false, {}, false],
  ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
  ['a dumb terminal', true, { TERM: 'dumb' }, false],
])('createTerminal: colours on %s', (_, isTTY, environment, coloured) => {
  const { colours } = createTerminal(sink(isTTY), sink(isTTY), environment, false)
  expect(colours.bold('x') !== 'x').toBe(coloured)
})

test('createTerminal: no control character reaches a terminal, whoever wrote the text', () => {
  const [stdout, stderr] = [sink(true), sink(true)]
  const hostile = 'a\u001b]0;title\u0007b\u009b2Jc\u202ed\r'
  const shown = 'a\uFFFD]0;title\uFFFDb\uFFFD2Jc\uFFFDd\uFFFD'
  const terminal = createTerminal(stdout, stderr, { NO_COLOR: '1' }, false)
  terminal.result('status', '0.1.0', {
    ...result,
    text: hostile,
    warnings: [{ code: 'w', message: hostile, hint: '' }],
  })
  terminal.failure('start', '0.1.0', new CommandError('failure', hostile, hostile))
  terminal.progress(hostile)
  expect(stdout.text).toBe(`${shown}\n`)
  expect(stderr.text).toBe(`warning: ${shown} \nerror: ${shown}\n${shown}\n${shown}\n`)
  const json = sink(true)
  createTerminal(json, stderr, {}, true).result('status', '0.1.0', { ...result, data: { service: hostile } })
  expect(json.text).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
  expect(JSON.parse(json.text)).toMatchObject({ data: { service: hostile } })
})

test('alignRows puts the values below each other', () => {
  const { colours } = createTerminal(sink(), sink(), {}, false)
  expect(
    alignRows(
      [
        ['P50', '1 s'],
        ['Requests', '2'],
      ],
      colours,
    ),
  ).toBe('  P50        1 s\n  Requests   2')
})
