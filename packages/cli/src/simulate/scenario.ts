/**
 * The scenario, as data: the three services of a RAG platform (search, document store, chat) and those who use them.
 * Everything that leaves it says that it is simulated: in the name of the service, which is in every metric, every trace
 * and every row of the ledger, and as environment.
 */
import type { Generation } from '@ragmeter/core'

export const ENVIRONMENT = 'simulated'

export const SEARCH = 'simulated-search'
export const DOCUMENT_STORE = 'simulated-document-store'
export const CHAT = 'simulated-chat'
export const SERVICES = [
  { name: SEARCH, weight: 45 },
  { name: DOCUMENT_STORE, weight: 20 },
  { name: CHAT, weight: 35 },
] as const
export type ServiceName = (typeof SERVICES)[number]['name']

/** Customers; some have come during the year. */
export const ORGS = [
  { name: 'acme', weight: 34, joinedDaysAgo: Infinity },
  { name: 'globex', weight: 22, joinedDaysAgo: Infinity },
  { name: 'initech', weight: 15, joinedDaysAgo: Infinity },
  { name: 'umbrella', weight: 12, joinedDaysAgo: 255 },
  { name: 'hooli', weight: 10, joinedDaysAgo: 160 },
  { name: 'vandelay', weight: 7, joinedDaysAgo: 70 },
] as const
export const USERS_PER_ORG = 40

/** Of an average weekday, by hour UTC; the mean is 1. */
export const HOUR_WEIGHTS = [
  0.24, 0.18, 0.15, 0.14, 0.17, 0.28, 0.52, 0.95, 1.5, 1.92, 2.05, 1.98, 1.66, 1.74, 1.96, 1.94, 1.75, 1.4,
  1.02, 0.8, 0.66, 0.53, 0.42, 0.34,
] as const
/** From Sunday. */
export const WEEKDAY_WEIGHTS = [0.26, 1.04, 1.1, 1.08, 1.05, 0.9, 0.3] as const
/** Traffic grows by this much in a year, as a natural logarithm: to three times. */
export const GROWTH_PER_YEAR = 1.1

export interface Model {
  readonly provider: string
  readonly model: string
  /** Nano-USD for a token: a part of the scenario, so that its costs do not change with a price list. */
  readonly inputNanoUsd: number
  readonly outputNanoUsd: number
  /** Median, in milliseconds. */
  readonly firstTokenMs: number
  readonly tokensPerSecond: number
}

export const EMBEDDING: Model = {
  provider: 'openai',
  model: 'text-embedding-3-small',
  inputNanoUsd: 20,
  outputNanoUsd: 0,
  firstTokenMs: 38,
  tokensPerSecond: Infinity,
}
export const LARGE: Model = {
  provider: 'openai',
  model: 'gpt-4o',
  inputNanoUsd: 2500,
  outputNanoUsd: 10_000,
  firstTokenMs: 330,
  tokensPerSecond: 180,
}
const SMALL: Model = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  inputNanoUsd: 150,
  outputNanoUsd: 600,
  firstTokenMs: 230,
  tokensPerSecond: 230,
}
const OTHER: Model = {
  provider: 'anthropic',
  model: 'claude-3-5-haiku',
  inputNanoUsd: 800,
  outputNanoUsd: 4000,
  firstTokenMs: 260,
  tokensPerSecond: 200,
}

export interface Release {
  readonly daysAgo: number
  readonly version: string
  /** On latencies. */
  readonly slowness: number
  /** Which models of chat answer how often. */
  readonly models: readonly { readonly model: Model; readonly weight: number }[]
}

const AT_FIRST = [{ model: LARGE, weight: 1 }]
const WITH_SMALL = [
  { model: LARGE, weight: 45 },
  { model: SMALL, weight: 55 },
]
const WITH_OTHER = [
  { model: LARGE, weight: 25 },
  { model: SMALL, weight: 55 },
  { model: OTHER, weight: 20 },
]

/** Newest first; the last one was there before the year began. */
export const RELEASES: Readonly<Record<ServiceName, readonly Release[]>> = {
  [SEARCH]: [
    { daysAgo: 12, version: '3.2.0', slowness: 0.8, models: [] },
    { daysAgo: 88, version: '3.1.0', slowness: 1, models: [] },
    { daysAgo: 214, version: '3.0.0', slowness: 1.15, models: [] },
    { daysAgo: Infinity, version: '2.9.4', slowness: 1.1, models: [] },
  ],
  [DOCUMENT_STORE]: [
    { daysAgo: 47, version: '1.8.0', slowness: 0.9, models: [] },
    { daysAgo: 181, version: '1.7.0', slowness: 1, models: [] },
    { daysAgo: Infinity, version: '1.6.2', slowness: 1.2, models: [] },
  ],
  [CHAT]: [
    { daysAgo: 5, version: '2.6.0', slowness: 0.95, models: WITH_OTHER },
    { daysAgo: 26, version: '2.5.1', slowness: 1, models: WITH_OTHER },
    { daysAgo: 61, version: '2.5.0', slowness: 1.2, models: WITH_OTHER },
    { daysAgo: 118, version: '2.4.0', slowness: 1, models: WITH_SMALL },
    { daysAgo: 190, version: '2.3.0', slowness: 1.05, models: WITH_SMALL },
    { daysAgo: 270, version: '2.2.0', slowness: 1.1, models: AT_FIRST },
    { daysAgo: Infinity, version: '2.1.3', slowness: 1.2, models: AT_FIRST },
  ],
}

/** Of the provider's window, for the large model. */
export const RATE_LIMIT_REQUESTS = 3000
export const POINTS_AT_END = 480_000
/** What chat remembers of its users, by type. */
export const MEMORY_FACTS = { episodic: 52_000, semantic: 24_000 } as const
export const VECTOR_STORE = { store: 'qdrant', collection: 'documents' } as const
export const VECTOR_DATABASE = { dependency: 'qdrant', kind: 'vector_store' } as const

/** What a call costs. */
function costOf(model: Model, inputTokens: number, outputTokens: number): number {
  return inputTokens * model.inputNanoUsd + outputTokens * model.outputNanoUsd
}

/** A call of a model, priced. */
export function callOf(
  model: Model,
  call: Omit<Generation, 'provider' | 'model' | 'cost_nano_usd' | 'cost_source'> & {
    input_tokens: number
    output_tokens: number
  },
): Generation {
  return {
    provider: model.provider,
    model: model.model,
    ...call,
    cost_nano_usd: costOf(model, call.input_tokens, call.output_tokens),
    cost_source: 'given',
  }
}
