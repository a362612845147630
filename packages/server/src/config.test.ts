import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from './config-error.ts'
import { loadConfig, OPTIONS } from './config.ts'
import type { ConfigSources } from './config.ts'

const HOME = '/home/somebody'
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ragmeter-config-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function load(sources: Partial<ConfigSources> = {}) {
  return loadConfig({ flags: {}, environment: {}, currentDirectory: folder, homeDirectory: HOME, ...sources })
}

function withFile(content: string, sources: Partial<ConfigSources> = {}) {
  writeFileSync(join(folder, 'ragmeter.yaml'), content)
  return load(sources)
}

describe('loadConfig', () => {
  test('without anything gives the defaults; each is a decision', () => {
    expect(load()).toEqual({
      home: '/home/somebody/.ragmeter',
      // An open port without a token is not safe: other machines cannot reach it by default.
      host: '127.0.0.1',
      // "RAGM" on a phone pad; 9090 is Prometheus' own.
      port: 7246,
      db: '/home/somebody/.ragmeter/ragmeter.db',
      token: undefined,
      retentionDays: 7,
      bytesMax: 10 * 1024 ** 3,
      logLevel: 'info',
      logFile: undefined,
      dimensions: [],
      prices: [],
      costPer1kInputUsd: undefined,
      costPer1kOutputUsd: undefined,
      ops: DEFAULT_CONFIGURATION,
      notifiers: [],
    })
  })

  test('takes a flag before a variable before the file', () => {
    const sources = {
      environment: { RAGMETER_PORT: '2000', RAGMETER_LOG_LEVEL: 'warn' },
      flags: { port: '3000' },
    }
    expect(withFile('port: 1000\nlogLevel: error\nretentionDays: 30\n', sources)).toMatchObject({
      port: 3000,
      logLevel: 'warn',
      retentionDays: 30,
    })
  })

  test('reads every option from the file', () => {
    const config = withFile(`
host: 0.0.0.0
port: 0
db: data/traces.db
token: correct-horse-battery
retentionDays: 0.5
bytesMax: 2 GB
dimensions: [team, region]
prices:
  - { provider: openai, model: gpt-4o*, inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 }
  - { model: local/*, inputUsdPerMillion: 0, outputUsdPerMillion: 0, requestUsd: 0.001 }
costPer1kInputUsd: 0.001
costPer1kOutputUsd: 0.002
logLevel: debug
logFile: ~/log/ragmeter.log
`)
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 0,
      db: join(folder, 'data/traces.db'),
      token: 'correct-horse-battery',
      retentionDays: 0.5,
      bytesMax: 2e9,
      dimensions: ['team', 'region'],
      prices: [
        { provider: 'openai', model: 'gpt-4o*', inputUsdPerMillion: 2.5, outputUsdPerMillion: 10 },
        { model: 'local/*', inputUsdPerMillion: 0, outputUsdPerMillion: 0, requestUsd: 0.001 },
      ],
      costPer1kInputUsd: 0.001,
      costPer1kOutputUsd: 0.002,
      logLevel: 'debug',
      logFile: '/home/somebody/log/ragmeter.log',
    })
  })

  test('reads every option from variables', () => {
    const price = { model: 'm', inputUsdPerMillion: 1, outputUsdPerMillion: 2 }
    const environment = {
      RAGMETER_HOME: 'state',
      RAGMETER_HOST: '::1',
      RAGMETER_PORT: '8080',
      RAGMETER_TOKEN: 'correct-horse-battery',
      RAGMETER_RETENTION_DAYS: '14',
      RAGMETER_MAX_BYTES: 'none',
      RAGMETER_DIMENSIONS: 'team, region',
      RAGMETER_PRICES: JSON.stringify([price]),
      RAGMETER_COST_PER_1K_INPUT_USD: '0.5',
      RAGMETER_COST_PER_1K_OUTPUT_USD: '1.5',
      RAGMETER_LOG_LEVEL: 'silent',
      RAGMETER_LOG_FILE: '',
    }
    expect(load({ environment })).toEqual({
      home: join(folder, 'state'),
      host: '::1',
      port: 8080,
      db: join(folder, 'state/ragmeter.db'),
      token: 'correct-horse-battery',
      retentionDays: 14,
      bytesMax: null,
      dimensions: ['team', 'region'],
      prices: [price],
      costPer1kInputUsd: 0.5,
      costPer1kOutputUsd: 1.5,
      logLevel: 'silent',
      logFile: undefined,
      ops: DEFAULT_CONFIGURATION,
      notifiers: [],
    })
  })

  test('takes the file that was asked for, and its relative paths from where it lies', () => {
    const path = join(folder, 'other.yaml')
    writeFileSync(path, 'db: here.db\n')
    expect(load({ flags: { config: path }, currentDirectory: '/' }).db).toBe(join(folder, 'here.db'))
  })

  test('takes an empty file for no options', () => {
    expect(withFile('# nothing yet\n').port).toBe(7246)
  })

  const refused: [string, () => unknown, RegExp, RegExp][] = [
    [
      'a misspelt key',
      () => withFile('retentionDay: 3'),
      /no option "retentionDay"/,
      /Did you mean "retentionDays"\?/,
    ],
    ['a key that cannot be in the file', () => withFile('home: /tmp'), /no option "home"/, /--home/],
    ['YAML that is none', () => withFile('port: [1\nhost: x'), /not valid YAML.*line/s, /line/],
    ['the same key twice', () => withFile('port: 1\nport: 2'), /unique/, /line/],
    ['a list instead of options', () => withFile('- port'), /holds no options/, /name: value/],
    [
      'a missing file that was asked for',
      () => load({ flags: { config: 'nope.yaml' } }),
      /Cannot read .*nope\.yaml/,
      /--config/,
    ],
    ['a port out of range', () => load({ flags: { port: '65536' } }), /^--port: "65536"/, /0\.\.65535/],
    [
      'a port that is no number',
      () => load({ environment: { RAGMETER_PORT: 'http' } }),
      /^RAGMETER_PORT: "http"/,
      /whole number/,
    ],
    [
      'a port in the file that is no number',
      () => withFile('port: high'),
      /^port in .*ragmeter\.yaml: "high"/,
      /whole number/,
    ],
    [
      'a size without unit that is known',
      () => load({ flags: { bytesMax: '10 pounds' } }),
      /is not a size/,
      /10GiB/,
    ],
    ['a size in which nothing fits', () => load({ flags: { bytesMax: '1KB' } }), /less than 1MiB/, /10GiB/],
    [
      'a log level that is not',
      () => load({ flags: { logLevel: 'warning' } }),
      /Did you mean "warn"\?/,
      /silent/,
    ],
    ['too many dimensions', () => load({ flags: { dimensions: 'a,b,c,d,e' } }), /more than 4/, /at most 4/],
    ['a dimension twice', () => load({ flags: { dimensions: 'a,a' } }), /twice/, /names/],
    ['prices that are no JSON', () => load({ flags: { prices: '[' } }), /not valid JSON/, /JSON/],
    [
      'a price without model',
      () => withFile('prices: [{ inputUsdPerMillion: 1, outputUsdPerMillion: 1 }]'),
      /number 1.*`model` is missing/,
      /prices/,
    ],
    [
      'a price with a misspelt key',
      () => withFile('prices: [{ model: m, inputUsdPerMilion: 1 }]'),
      /Did you mean "inputUsdPerMillion"\?/,
      /prices/,
    ],
    [
      'a negative price',
      () => withFile('prices: [{ model: m, inputUsdPerMillion: -1, outputUsdPerMillion: 1 }]'),
      /number >= 0/,
      /prices/,
    ],
    ['half a default price', () => load({ flags: { costPer1kInputUsd: '1' } }), /Only one of/, /both/],
    [
      'an open port without a token',
      () => load({ flags: { host: '0.0.0.0' } }),
      /anybody on the network/,
      /RAGMETER_TOKEN/,
    ],
    [
      'a name that is not loopback without a token',
      () => load({ flags: { host: 'localhost.example.org' } }),
      /anybody/,
      /127\.0\.0\.1/,
    ],
    [
      'a token with spaces',
      () => load({ flags: { token: 'two words here' } }),
      /^--token: has spaces/,
      /text/,
    ],
  ]

  test.each(refused)('refuses %s, and says what to do', (_, act, message, hint) => {
    let thrown: unknown
    try {
      act()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ConfigError)
    expect((thrown as ConfigError).message).toMatch(message)
    expect((thrown as ConfigError).hint).toMatch(hint)
  })

  test('does not repeat a token that is refused', () => {
    expect(() => load({ environment: { RAGMETER_TOKEN: 'hunter2' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    )
  })

  test('does not expand a file that is a bomb', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}]`),
    ]
    expect(() => withFile(bomb.join('\n'))).toThrow(ConfigError)
  })
})

describe('OPTIONS', () => {
  test('have names, flags and variables of their own', () => {
    for (const key of ['name', 'flag', 'environment'] as const) {
      expect(new Set(OPTIONS.map((option) => option[key])).size).toBe(OPTIONS.length)
    }
    for (const { flag, environment, doc } of OPTIONS) {
      expect(flag).toMatch(/^--[a-z0-9]+(?:-[a-z0-9]+)*$/)
      expect(environment).toMatch(/^RAGMETER_[A-Z0-9_]+$/)
      expect(doc).toMatch(/\.$/)
    }
  })

  test('are the whole configuration', () => {
    const names = OPTIONS.map(({ name }) => name).filter((name) => name !== 'config')
    // The sections of the file make these two.
    expect([...names, 'ops', 'notifiers'].toSorted()).toEqual(Object.keys(load()).toSorted())
  })
})

describe('sections', () => {
  const sections = `
thresholds: { latencyWarning: 3, dailySpend: 250 }
budgets:
  - { name: all, limitUsd: 1000, period: monthly, timeZone: Europe/Berlin }
notifiers:
  - { name: pager, type: webhook, url: "http://127.0.0.1:9/hook", bearerTokenEnvironment: PAGER_TOKEN }
  - { name: chat, type: slack, urlFile: slack-url, severities: [critical], sendResolved: false, repeatMinutes: 60 }
  - { name: mail, type: email, host: localhost, tls: none, from: ragmeter@example.org, to: [oncall@example.org] }
`

  test('state thresholds, budgets and notifiers; secrets are read from where they are', () => {
    writeFileSync(join(folder, 'slack-url'), 'https://hooks.example.org/T0/B0/x\n')
    const { ops, notifiers } = withFile(sections, { environment: { PAGER_TOKEN: 'correct-horse' } })
    expect(ops.thresholds).toMatchObject({ latencyWarning: 3, dailySpend: 250, latencyCritical: 5 })
    expect(ops.budgets).toMatchObject([{ name: 'all', limitUsd: 1000, timeZone: 'Europe/Berlin' }])
    expect(notifiers).toMatchObject([
      { name: 'pager', severities: ['critical', 'warning'], sendResolved: true, repeatMinutes: 240 },
      { name: 'chat', severities: ['critical'], sendResolved: false, repeatMinutes: 60 },
      { name: 'mail', type: 'email', port: 587, to: ['oncall@example.org'] },
    ])
    const secrets = notifiers.flatMap((one) =>
      one.type === 'email' ? [] : [one.url.reveal(), one.bearerToken?.reveal()],
    )
    expect(secrets).toEqual([
      'http://127.0.0.1:9/hook',
      'correct-horse',
      'https://hooks.example.org/T0/B0/x',
      undefined,
    ])
    expect(JSON.stringify(notifiers)).not.toMatch(/correct-horse|hooks[.]example/)
  })

  test('a secret that is not there is an error when it is needed, not before', () => {
    const { notifiers } = withFile(sections)
    const [pager] = notifiers
    expect(() => pager?.type === 'webhook' && pager.bearerToken?.reveal()).toThrow(
      /the variable PAGER_TOKEN holds nothing/,
    )
  })

  test('an address from elsewhere that is none is an error when it is needed, which does not show it', () => {
    writeFileSync(join(folder, 'slack-url'), 'hooks.example.org/T0/B0/x\n')
    const [, chat] = withFile(sections).notifiers
    expect(() => chat?.type === 'slack' && chat.url.reveal()).toThrow(
      /slack-url is no address of http:\/\/ or https:\/\/$/,
    )
  })

  test.each([
    ['thresholds: { latencyWarnin: 3 }', /latencyWarnin is not known here/, /latencyWarnin/],
    ['thresholds: { latencyWarning: 2.5 }', /no bucket/, /take one of/],
    [
      'notifiers: [{ name: a, type: webhok, url: x }]',
      /type is "webhok"/,
      /webhook, slack, email, alertmanager/,
    ],
    ['notifiers: [{ name: a, type: slack, url: x }]', /is a secret/, /urlEnvironment or urlFile/],
    ['notifiers: [{ type: webhook, url: x }]', /name is missing/, /give the notifier a name/],
    ['notifiers: [{ name: a, type: webhook, url: x, colour: red }]', /colour is not known here/, /delete it/],
    [
      'notifiers: [{ name: a, type: webhook, url: x }, { name: a, type: webhook, url: y }]',
      /there twice/,
      /name of its own/,
    ],
    [
      'notifiers: [{ name: a, type: email, host: h, from: f, to: t, user: u }]',
      /belong together/,
      /passwordEnvironment/,
    ],
    ['notifiers: [{ name: a, type: webhook, url: x, severities: [urgent] }]', /severities/, /correct it/],
    ['notifiers: [{ name: a, type: webhook, url: notaurl }]', /url is no address/, /https:[/][/]pager/],
    ['notifiers: [{ name: a, type: webhook, url: "http:/h/x" }]', /url is no address/, /https:[/][/]pager/],
    ['notifiers: [{ name: a, type: webhook, url: "http://u:pw@h/" }]', /^(?!.*pw).*has a user/, /pager/],
    [
      'notifiers: [{ name: a, type: email, host: h, from: notanaddress, to: "Ada <a@b>" }]',
      /from has "notanaddress": no e-mail address/,
      /oncall@example/,
    ],
    [
      'notifiers: [{ name: a, type: email, host: h, from: "Ada <a@b>", to: [c@d, "e@f, g@h"] }]',
      /: notifiers\[0\].to has "e@f, g@h": no e-mail address[.]$/,
      /oncall@example/,
    ],
    ['notifiers: [{ name: a, type: email, host: "", from: a@b, to: c@d }]', /host is empty/, /write/],
  ])('%s says what is wrong, and what to do', (text, message, hint) => {
    const error = caught(() => withFile(text))
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).message).toMatch(message)
    expect((error as ConfigError).hint).toMatch(hint)
  })
})

function caught(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}
