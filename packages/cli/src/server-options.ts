/** The daemon's options as options of the command line: made from its own list, so there is no second one. */
import { OPTIONS } from '@ragmeter/server'
import type { ConfigSources, OptionDefinition } from '@ragmeter/server'
import { Option } from 'commander'

export type Flags = ConfigSources['flags']

export type OptionScope = 'all' | 'client' | 'store'

/** What a command needs that talks to a daemon: where it is, and the token. */
const CLIENT_OPTIONS: readonly OptionDefinition['name'][] = ['home', 'config', 'token']
/** One that opens the database itself: also where that is, and how long it keeps traces. */
const STORE_OPTIONS: readonly OptionDefinition['name'][] = [...CLIENT_OPTIONS, 'db', 'retentionDays']

/** @returns options for commander, all of them texts: reading them is the daemon's business */
export function serverOptions(scope: OptionScope): Option[] {
  const names = scope === 'client' ? CLIENT_OPTIONS : STORE_OPTIONS
  return OPTIONS.filter(({ name }) => scope === 'all' || names.includes(name)).map(
    (option) => new Option(`${option.flag} <${option.placeholder}>`, describe(option)),
  )
}

function describe({ doc, environment, default: standard }: OptionDefinition): string {
  const facts = [`env: ${environment}`, ...(standard === undefined ? [] : [`default: ${standard}`])]
  return `${doc} (${facts.join(', ')})`.replaceAll('`', '')
}

/** The flags among the values that commander has read, by option name. */
export function flagsOf(values: Readonly<Record<string, unknown>>): Flags {
  const flags: Partial<Record<OptionDefinition['name'], string>> = {}
  for (const option of OPTIONS) {
    const value = values[attributeOf(option)]
    if (typeof value === 'string') flags[option.name] = value
  }
  return flags
}

/** The flags as arguments of another call. Without the token: every user of the machine can see arguments. */
export function argumentsOf(flags: Flags): string[] {
  return OPTIONS.flatMap(({ name, flag }) => {
    const value = flags[name]
    return value === undefined || name === 'token' ? [] : [`${flag}=${value}`]
  })
}

function attributeOf({ flag }: OptionDefinition): string {
  return new Option(`${flag} <value>`).attributeName()
}
