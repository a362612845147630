/** Every option of the client, as data. `options.test.ts` keeps the table in the README of the package equal to this list. */
import type { PriceOverride } from '@ragmeter/core'

/** What an application can set; what is absent comes from the environment, then from the default. */
export interface MonitorOptions {
  /** `false`: every call is a cheap no-op and nothing is started. */
  enabled?: boolean
  /** Where the daemon listens; null measures in this process only. */
  endpoint?: string | null
  /** Sent as `Authorization: Bearer`. */
  token?: string
  service?: string
  environment?: string
  release?: string
  /** Share of traces that is kept, 0..1. Measurements cover every request whatever this says. */
  sampleRate?: number
  /** Traces a second that are kept beside the sample: errors, slow ones, forced ones. */
  alwaysKeepPerSecondMax?: number
  flushIntervalMs?: number
  queueTracesMax?: number
  batchBytesMax?: number
  requestTimeoutMs?: number
  exitTimeoutMs?: number
  spoolDirectory?: string
  spoolBytesMax?: number
  /** Queries and users are hashed by HMAC-SHA-256 with this key, else by SHA-256. */
  hashKey?: string
  /** `false` sends user ids as they are. */
  hashUserIds?: boolean
  /** Metadata keys that become exact breakdowns in the ledger; at most 4. */
  dimensions?: readonly string[]
  /** Prices that go before those of the price library. */
  prices?: readonly PriceOverride[]
  costPer1kInputUsd?: number
  costPer1kOutputUsd?: number
  /** Prints what the client cannot do to stderr. */
  debug?: boolean
}

export type OptionName = keyof MonitorOptions

export type OptionKind = 'boolean' | 'number' | 'string' | 'url' | 'list' | 'json'

export interface OptionDefinition {
  readonly name: OptionName
  readonly env: `RAGMETER_${string}`
  readonly kind: OptionKind
  /** undefined is "none". */
  readonly default: boolean | number | string | readonly string[] | undefined
  readonly unit?: string
  readonly min?: number
  readonly max?: number
  readonly doc: string
}

const MINUTE_MS = 60_000
const MIB = 1024 * 1024

export const OPTIONS: readonly OptionDefinition[] = [
  {
    name: 'enabled',
    env: 'RAGMETER_ENABLED',
    kind: 'boolean',
    default: true,
    doc: 'Whether anything is measured. When false, every call is a cheap no-op and nothing is started.',
  },
  {
    name: 'endpoint',
    env: 'RAGMETER_ENDPOINT',
    kind: 'url',
    default: 'http://127.0.0.1:7246',
    doc: 'Address of the daemon; a path prefix is kept. `null` in code, or `none` in the variable: measure in this process only.',
  },
  {
    name: 'token',
    env: 'RAGMETER_TOKEN',
    kind: 'string',
    default: undefined,
    doc: 'The token the daemon was started with, sent as `Authorization: Bearer`.',
  },
  {
    name: 'service',
    env: 'RAGMETER_SERVICE',
    kind: 'string',
    default: 'unknown',
    doc: 'Name of the application: the first label of every metric.',
  },
  {
    name: 'environment',
    env: 'RAGMETER_ENVIRONMENT',
    kind: 'string',
    default: undefined,
    doc: 'Where it runs, such as `production`.',
  },
  {
    name: 'release',
    env: 'RAGMETER_RELEASE',
    kind: 'string',
    default: undefined,
    doc: 'Version of the application.',
  },
  {
    name: 'sampleRate',
    env: 'RAGMETER_SAMPLE_RATE',
    kind: 'number',
    default: 0.1,
    min: 0,
    max: 1,
    doc: 'Share of the traces that is kept. Counts, latencies, tokens and costs cover every request whatever this says.',
  },
  {
    name: 'alwaysKeepPerSecondMax',
    env: 'RAGMETER_ALWAYS_KEEP_PER_SECOND_MAX',
    kind: 'number',
    default: 10,
    unit: 'traces/s',
    min: 0,
    max: 10_000,
    doc: 'Cap on the traces that are kept beside the sample because they failed, were slower than the running p99, or were forced. What it drops is counted as `rate_capped`.',
  },
  {
    name: 'flushIntervalMs',
    env: 'RAGMETER_FLUSH_INTERVAL_MS',
    kind: 'number',
    default: 5000,
    unit: 'ms',
    min: 50,
    max: 10 * MINUTE_MS,
    doc: 'Time between two batches. A process that is killed loses at most this much.',
  },
  {
    name: 'queueTracesMax',
    env: 'RAGMETER_QUEUE_TRACES_MAX',
    kind: 'number',
    default: 2048,
    unit: 'traces',
    min: 1,
    max: 100_000,
    doc: 'Kept traces that wait for the next batch. When full, the newest trace is dropped and counted as `queue_full`; its measurements are not.',
  },
  {
    name: 'batchBytesMax',
    env: 'RAGMETER_BATCH_BYTES_MAX',
    kind: 'number',
    default: MIB,
    unit: 'bytes',
    min: 64 * 1024,
    // More could hold more values of JSON than the daemon reads.
    max: 8 * MIB,
    doc: 'Size of one batch before compression.',
  },
  {
    name: 'requestTimeoutMs',
    env: 'RAGMETER_REQUEST_TIMEOUT_MS',
    kind: 'number',
    default: 10_000,
    unit: 'ms',
    min: 100,
    max: 10 * MINUTE_MS,
    doc: 'How long one attempt to send waits for the answer.',
  },
  {
    name: 'exitTimeoutMs',
    env: 'RAGMETER_EXIT_TIMEOUT_MS',
    kind: 'number',
    default: 2000,
    unit: 'ms',
    min: 0,
    max: 10 * MINUTE_MS,
    doc: 'How long a process that has nothing left to do waits for its last batch, and `close()` at most.',
  },
  {
    name: 'spoolDirectory',
    env: 'RAGMETER_SPOOL_DIRECTORY',
    kind: 'string',
    default: undefined,
    doc: 'Folder where sealed batches lie until the daemon has them. They survive the process and are sent by the next one. Processes may share a folder.',
  },
  {
    name: 'spoolBytesMax',
    env: 'RAGMETER_SPOOL_BYTES_MAX',
    kind: 'number',
    default: 256 * MIB,
    unit: 'bytes',
    min: MIB,
    max: 1024 * 1024 * MIB,
    doc: 'Size of the batches this process leaves in the spool. Above it new batches wait in memory, up to 32 MiB; what is beyond is dropped and counted as `spool_full`.',
  },
  {
    name: 'hashKey',
    env: 'RAGMETER_HASH_KEY',
    kind: 'string',
    default: undefined,
    doc: 'Key for HMAC-SHA-256 of queries and users; without it they are hashed by SHA-256, which short texts do not withstand.',
  },
  {
    name: 'hashUserIds',
    env: 'RAGMETER_HASH_USER_IDS',
    kind: 'boolean',
    default: true,
    doc: 'Whether user ids are hashed like queries. `false` sends them as they are.',
  },
  {
    name: 'dimensions',
    env: 'RAGMETER_DIMENSIONS',
    kind: 'list',
    default: [],
    doc: 'Metadata keys (at most 4, comma-separated in the variable) that become exact breakdowns in the ledger.',
  },
  {
    name: 'prices',
    env: 'RAGMETER_PRICES',
    kind: 'json',
    default: undefined,
    doc: 'Prices that go before those of the price library: a list of `{provider?, model, inputUsdPerMillion, outputUsdPerMillion, cacheReadUsdPerMillion?, cacheWriteUsdPerMillion?, requestUsd?}`, JSON in the variable. `*` in a model stands for any characters; 0 is a price.',
  },
  {
    name: 'costPer1kInputUsd',
    env: 'RAGMETER_COST_PER_1K_INPUT_USD',
    kind: 'number',
    default: undefined,
    unit: 'USD',
    min: 0,
    max: 10_000,
    doc: 'One price for 1000 input tokens of every model without a price of its own in `prices`; the price library is then not asked. Needs `costPer1kOutputUsd`.',
  },
  {
    name: 'costPer1kOutputUsd',
    env: 'RAGMETER_COST_PER_1K_OUTPUT_USD',
    kind: 'number',
    default: undefined,
    unit: 'USD',
    min: 0,
    max: 10_000,
    doc: 'The same for 1000 output tokens.',
  },
  {
    name: 'debug',
    env: 'RAGMETER_DEBUG',
    kind: 'boolean',
    default: false,
    doc: 'Prints to stderr what the client cannot do: lost batches, options it does not understand.',
  },
]

/** The options of a running client: all of them, checked. */
export interface ResolvedOptions {
  readonly enabled: boolean
  readonly endpoint: string | null
  readonly token: string | undefined
  readonly service: string
  readonly environment: string | undefined
  readonly release: string | undefined
  readonly sampleRate: number
  readonly alwaysKeepPerSecondMax: number
  readonly flushIntervalMs: number
  readonly queueTracesMax: number
  readonly batchBytesMax: number
  readonly requestTimeoutMs: number
  readonly exitTimeoutMs: number
  readonly spoolDirectory: string | undefined
  readonly spoolBytesMax: number
  readonly hashKey: string | undefined
  readonly hashUserIds: boolean
  readonly dimensions: readonly string[]
  readonly prices: readonly PriceOverride[]
  readonly costPer1kTokens: { readonly inputUsd: number; readonly outputUsd: number } | undefined
  readonly debug: boolean
}
