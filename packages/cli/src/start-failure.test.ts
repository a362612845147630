import { loadConfig, StoreError } from '@ragmeter/server'
import { expect, test } from 'vitest'
import { commandErrorOf, explainStartFailure } from './start-failure.ts'

const config = loadConfig({
  flags: {},
  environment: {},
  currentDirectory: '/nonexistent',
  homeDirectory: '/nonexistent',
})
const systemError = (code: string, syscall: string) =>
  Object.assign(new Error(`${code}: it failed, ${syscall} '/x/daemon.log'`), { code, syscall })

test.each([
  ['EACCES', 'Check that it is there'],
  ['EROFS', 'Check that it is there'],
  ['EISDIR', 'Check that it is there'],
  ['ENOSPC', 'Free space'],
])('commandErrorOf: %s of a file is denied, with a remedy', (code, hint) => {
  expect(commandErrorOf(systemError(code, 'open'))).toMatchObject({
    exit: 'denied',
    message: `The system refuses: ${code}: it failed, open '/x/daemon.log'.`,
    hint: expect.stringContaining(hint),
  })
})

test('commandErrorOf: what nobody foresaw is to be reported', () => {
  const unforeseen = { exit: 'failure', hint: expect.stringContaining('report') }
  expect(commandErrorOf(new TypeError('x is not a function'))).toMatchObject(unforeseen)
})

test('explainStartFailure tells a port that is refused from a file that is', async () => {
  const port = { exit: 'denied', message: expect.stringContaining(`listen on port ${config.port}`) }
  expect(await explainStartFailure(systemError('EACCES', 'listen'), config)).toMatchObject(port)
  expect(await explainStartFailure(systemError('EACCES', 'open'), config)).toMatchObject({
    exit: 'denied',
    message: expect.stringContaining('/x/daemon.log'),
  })
  const store = new StoreError('retryable', 'Cannot write', 'Check it.', systemError('EACCES', 'open'))
  expect(await explainStartFailure(store, config)).toMatchObject({ exit: 'database_unusable' })
})
