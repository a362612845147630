/** Every option of the daemon as data, and the configuration they give. A flag wins over a variable, over the file. */
import { isAbsolute, join, resolve } from 'node:path'
import type { PriceOverride } from '@ragmeter/core'
import type { OpsConfiguration } from '@ragmeter/ops'
import { readConfigFile } from './config-file.ts'
import { readSections, SECTIONS } from './config-sections.ts'
import { ConfigError } from './config-error.ts'
import * as read from './config-values.ts'
import { isLoopbackName } from './lib/loopback.ts'
import { LOG_LEVELS } from './lib/logger.ts'
import type { LogLevel } from './lib/logger.ts'
import type { NotifierConfiguration } from './lib/notifier-configuration.ts'

export interface ServerConfig {
  /** Folder of everything the daemon keeps: database, log, state. */
  home: string
  host: string
  port: number
  /** Path of the database. */
  db: string
  token: string | undefined
  retentionDays: number
  /** Cap over the database and its write-ahead log; null is none. */
  bytesMax: number | null
  logLevel: LogLevel
  /** undefined is standard output. */
  logFile: string | undefined
  dimensions: readonly string[]
  prices: readonly PriceOverride[]
  costPer1kInputUsd: number | undefined
  costPer1kOutputUsd: number | undefined
  /** Thresholds, budgets and objectives of alerts. */
  ops: OpsConfiguration
  /** Who is told of alerts. */
  notifiers: readonly NotifierConfiguration[]
}

export interface OptionDefinition {
  /** Name in code, and key in ragmeter.yaml. */
  readonly name: Exclude<keyof ServerConfig, 'ops' | 'notifiers'> | 'config'
  readonly flag: string
  /** What stands for the value in the help text. */
  readonly placeholder: string
  readonly environment: string
  readonly type: string
  /** As text; undefined if there is none. */
  readonly default: string | undefined
  readonly unit?: string
  readonly doc: string
  /** Whether ragmeter.yaml may state it; what says where the file is cannot be in it. */
  readonly inFile: boolean
  /** Whether the value is a path, taken relative to where it is stated. */
  readonly isPath?: boolean
  /** Makes the value of a text (flag, variable) or of what the file holds. @throws Error that says what is expected */
  readonly read: (value: unknown) => unknown
}

export const CONFIG_FILE_NAME = 'ragmeter.yaml'

/** All options, in the order of the reference page. */
export const OPTIONS: readonly OptionDefinition[] = [
  {
    name: 'config',
    flag: '--config',
    placeholder: 'path',
    environment: 'RAGMETER_CONFIG',
    type: 'path',
    default: undefined,
    doc: `The configuration file. Without it \`${CONFIG_FILE_NAME}\` of the current directory is read, if there is one.`,
    inFile: false,
    isPath: true,
    read: read.text,
  },
  {
    name: 'home',
    flag: '--home',
    placeholder: 'path',
    environment: 'RAGMETER_HOME',
    type: 'path',
    default: '~/.ragmeter',
    doc: 'Folder of the database, the log and the state of the daemon. One daemon for each folder.',
    inFile: false,
    isPath: true,
    read: read.text,
  },
  {
    name: 'host',
    flag: '--host',
    placeholder: 'address',
    environment: 'RAGMETER_HOST',
    type: 'text',
    default: '127.0.0.1',
    doc: 'Address to listen on. Anything but loopback needs a token.',
    inFile: true,
    read: read.text,
  },
  {
    name: 'port',
    flag: '--port',
    placeholder: 'number',
    environment: 'RAGMETER_PORT',
    type: 'whole number, 0..65535',
    default: '7246',
    doc: 'Port to listen on; 0 takes a free one.',
    inFile: true,
    read: (value) => read.wholeNumber(value, 0, 65_535),
  },
  {
    name: 'db',
    flag: '--db',
    placeholder: 'path',
    environment: 'RAGMETER_DB',
    type: 'path',
    default: '`ragmeter.db` in the home folder',
    doc: 'The database. One daemon for each database.',
    inFile: true,
    isPath: true,
    read: read.text,
  },
  {
    name: 'token',
    flag: '--token',
    placeholder: 'text',
    environment: 'RAGMETER_TOKEN',
    type: `text, ${read.TOKEN_LENGTH_MIN} characters or more`,
    default: undefined,
    doc: 'Asked of every request that reads or writes data, as `Authorization: Bearer <token>`; `GET /livez`, the files of the web application and its sign-in need none. The variable is better than the flag, which other users of the machine can see.',
    inFile: true,
    read: read.token,
  },
  {
    name: 'retentionDays',
    flag: '--retention',
    placeholder: 'days',
    environment: 'RAGMETER_RETENTION_DAYS',
    type: 'number, 0.04..3650',
    default: '7',
    unit: 'days',
    doc: 'How long traces are kept. Rollups and the ledger are kept longer: minutes 48 hours, hours 90 days, days two years.',
    inFile: true,
    read: (value) => read.decimal(value, 0.04, 3650),
  },
  {
    name: 'bytesMax',
    flag: '--max-bytes',
    placeholder: 'size',
    environment: 'RAGMETER_MAX_BYTES',
    type: 'size such as `500MB` or `10GiB`, or `none`',
    default: '10GiB',
    unit: 'bytes',
    doc: 'Cap over the database and its write-ahead log. Above it the oldest traces are deleted before their time.',
    inFile: true,
    read: read.size,
  },
  {
    name: 'dimensions',
    flag: '--dimensions',
    placeholder: 'names',
    environment: 'RAGMETER_DIMENSIONS',
    type: 'list of names, at most 4; as text separated by commas',
    default: 'none',
    doc: 'Metadata keys that become exact breakdowns of the ledger. State the same ones in the SDK.',
    inFile: true,
    read: read.dimensions,
  },
  {
    name: 'prices',
    flag: '--prices',
    placeholder: 'json',
    environment: 'RAGMETER_PRICES',
    type: 'list of prices; as text JSON',
    default: 'none',
    doc: 'Prices that win over the built-in ones, the first match first: `model` (`*` stands for any characters), `inputUsdPerMillion`, `outputUsdPerMillion`, and if wanted `provider`, `cacheReadUsdPerMillion`, `cacheWriteUsdPerMillion`, `requestUsd`.',
    inFile: true,
    read: read.prices,
  },
  {
    name: 'costPer1kInputUsd',
    flag: '--cost-per-1k-input-usd',
    placeholder: 'usd',
    environment: 'RAGMETER_COST_PER_1K_INPUT_USD',
    type: 'number >= 0',
    default: undefined,
    unit: 'US dollars',
    doc: 'One price for 1000 input tokens of every model without a price in `prices`; the built-in prices are then not used. Needs `costPer1kOutputUsd`.',
    inFile: true,
    read: (value) => read.decimal(value, 0, 1e6),
  },
  {
    name: 'costPer1kOutputUsd',
    flag: '--cost-per-1k-output-usd',
    placeholder: 'usd',
    environment: 'RAGMETER_COST_PER_1K_OUTPUT_USD',
    type: 'number >= 0',
    default: undefined,
    unit: 'US dollars',
    doc: 'The same for 1000 output tokens. Needs `costPer1kInputUsd`.',
    inFile: true,
    read: (value) => read.decimal(value, 0, 1e6),
  },
  {
    name: 'logLevel',
    flag: '--log-level',
    placeholder: 'level',
    environment: 'RAGMETER_LOG_LEVEL',
    type: `one of ${LOG_LEVELS.join(', ')}`,
    default: 'info',
    doc: 'How much is logged. Texts of queries and answers never are.',
    inFile: true,
    read: (value) => read.oneOf(value, LOG_LEVELS),
  },
  {
    name: 'logFile',
    flag: '--log-file',
    placeholder: 'path',
    environment: 'RAGMETER_LOG_FILE',
    type: 'path',
    default: 'standard output',
    doc: 'File to append the log to.',
    inFile: true,
    isPath: true,
    read: read.text,
  },
]

export interface ConfigSources {
  /** By option name; undefined is not given. */
  flags: Readonly<Partial<Record<OptionDefinition['name'], string>>>
  environment: Readonly<Record<string, string | undefined>>
  /** Relative paths of flags and variables start here, and so does the search for the file. */
  currentDirectory: string
  /** Stands for `~`. */
  homeDirectory: string
}

type Values = Partial<Record<OptionDefinition['name'], unknown>>

/** @throws ConfigError, which says where the value was stated and what is expected */
export function loadConfig(sources: ConfigSources): ServerConfig {
  const stated = readStated(sources)
  const explicit = stated.config as string | undefined
  const file = readConfigFile(
    explicit,
    join(sources.currentDirectory, CONFIG_FILE_NAME),
    OPTIONS,
    SECTIONS.map(({ name }) => name),
  )
  const values: Values = { ...readFileValues(file, sources), ...stated }
  const home = (values.home as string | undefined) ?? join(sources.homeDirectory, '.ragmeter')
  const config: ServerConfig = {
    home,
    host: (values.host as string | undefined) ?? '127.0.0.1',
    port: (values.port as number | undefined) ?? 7246,
    db: (values.db as string | undefined) ?? join(home, 'ragmeter.db'),
    token: values.token as string | undefined,
    retentionDays: (values.retentionDays as number | undefined) ?? 7,
    bytesMax: values.bytesMax === undefined ? 10 * 1024 ** 3 : (values.bytesMax as number | null),
    logLevel: (values.logLevel as LogLevel | undefined) ?? 'info',
    logFile: values.logFile as string | undefined,
    dimensions: (values.dimensions as readonly string[] | undefined) ?? [],
    prices: (values.prices as readonly PriceOverride[] | undefined) ?? [],
    costPer1kInputUsd: values.costPer1kInputUsd as number | undefined,
    costPer1kOutputUsd: values.costPer1kOutputUsd as number | undefined,
    ...readSections(file, sources),
  }
  checkTogether(config)
  return config
}

/** Flags and variables. */
function readStated(sources: ConfigSources): Values {
  const values: Values = {}
  for (const option of OPTIONS) {
    const flag = sources.flags[option.name]
    const variable = sources.environment[option.environment]
    // An empty variable is how a shell or a compose file says "not set".
    const value = flag ?? (variable === '' ? undefined : variable)
    if (value === undefined) continue
    const place = flag === undefined ? option.environment : option.flag
    values[option.name] = readOption(option, value, place, sources.currentDirectory, sources.homeDirectory)
  }
  return values
}

function readFileValues(file: ReturnType<typeof readConfigFile>, sources: ConfigSources): Values {
  const values: Values = {}
  if (file === undefined) return values
  for (const option of OPTIONS) {
    const value = file.values[option.name]
    if (value === undefined || value === null) continue
    values[option.name] = readOption(
      option,
      value,
      `${option.name} in ${file.path}`,
      file.folder,
      sources.homeDirectory,
    )
  }
  return values
}

function readOption(
  option: OptionDefinition,
  value: unknown,
  place: string,
  folder: string,
  homeDirectory: string,
): unknown {
  try {
    const result = option.read(value)
    return option.isPath === true ? absolutePath(String(result), folder, homeDirectory) : result
  } catch (error) {
    const shown = option.name === 'token' ? '' : ` ${JSON.stringify(value)?.slice(0, 80) ?? String(value)}`
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError(
      `${place}:${shown} ${reason}${/[.?]$/.test(reason) ? '' : '.'}`,
      `Expected: ${option.type}. See docs/reference/config.md.`,
    )
  }
}

function absolutePath(path: string, folder: string, homeDirectory: string): string {
  if (path === '~') return homeDirectory
  if (path.startsWith('~/')) return join(homeDirectory, path.slice(2))
  return isAbsolute(path) ? path : resolve(folder, path)
}

/** What no option can say for itself. */
function checkTogether(config: ServerConfig): void {
  if (config.token === undefined && !isLoopbackName(config.host)) {
    throw new ConfigError(
      `Listening on ${config.host} would let anybody on the network read and write.`,
      'Set a token (RAGMETER_TOKEN or --token), or listen on 127.0.0.1.',
    )
  }
  if ((config.costPer1kInputUsd === undefined) !== (config.costPer1kOutputUsd === undefined)) {
    throw new ConfigError(
      'Only one of costPer1kInputUsd and costPer1kOutputUsd is set.',
      'Set both, or leave both out.',
    )
  }
}
