/** Output that nobody takes: a reader that has gone, a disk that is full. */
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createHome, until } from './command-line.ts'

test.each(['rules', 'rules --json', '--help'])(
  '%s into a pipe whose reader has gone ends without a word, as if it had been read',
  async (command) => {
    const home = createHome()
    const outcome = await home.shell(`{ ragmeter ${command}; echo "code $?" >&2; } | true`)
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: 'code 0\n' })
  },
)

test.skipIf(!existsSync('/dev/full'))('on a full disk a command says so, and fails', async () => {
  const home = createHome()
  const expected = {
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: The output could not be written: ENOSPC.*\nFree space /) as string,
  }
  expect(await home.shell('ragmeter rules > /dev/full')).toEqual(expected)
  expect(await home.shell('ragmeter status --json > /dev/full')).toEqual(expected)
  expect(await home.shell('ragmeter rules > /dev/full 2>&1')).toEqual({ code: 1, stdout: '', stderr: '' })
})

test.skipIf(!existsSync('/dev/full'))(
  'a daemon whose log is on a full disk runs, and stops as told',
  async () => {
    const home = createHome()
    const daemon = home.shell('ragmeter start --foreground > /dev/full')
    await until(() => home.hasRecord())
    expect(await home.run(['status'])).toMatchObject({ code: 0 })
    expect(await home.run(['stop'])).toMatchObject({ code: 0 })
    expect(await daemon).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('SIGTERM') as string,
    })
  },
)
