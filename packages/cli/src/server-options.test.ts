import { OPTIONS } from '@ragmeter/server'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { argumentsOf, flagsOf, serverOptions } from './server-options.ts'

function parse(given: readonly string[]): Record<string, unknown> {
  const command = new Command().exitOverride()
  for (const option of serverOptions('all')) command.addOption(option)
  return command.parse(given, { from: 'user' }).opts()
}

const everything = OPTIONS.map(({ name, flag }) => ({ name, argument: `${flag}=value of ${name}` }))

test('every option of the daemon is a flag, and is found again by its name', () => {
  const flags = flagsOf(parse(everything.map(({ argument }) => argument)))
  expect(flags).toEqual(Object.fromEntries(OPTIONS.map(({ name }) => [name, `value of ${name}`])))
})

test('argumentsOf hands on every flag but the token, which others could read', () => {
  const flags = flagsOf(parse(everything.map(({ argument }) => argument)))
  const handedOn = everything.filter(({ name }) => name !== 'token').map(({ argument }) => argument)
  expect(argumentsOf(flags)).toEqual(handedOn)
})

test('argumentsOf keeps values that look like flags apart from their neighbours', () => {
  expect(flagsOf(parse(argumentsOf({ db: '--port', host: '' })))).toEqual({ db: '--port', host: '' })
})

test('the help of an option tells its variable and its default', () => {
  const port = serverOptions('all').find(({ long }) => long === '--port')
  expect(port?.description).toMatch(/\(env: RAGMETER_PORT, default: 7246\)$/)
})

test('commands that only talk to a daemon take where it is and the token', () => {
  expect(serverOptions('client').map(({ long }) => long)).toEqual(['--config', '--home', '--token'])
})
