/** Requests of the last weeks whose costs are known beforehand, to the dollar. */

const DAY_MS = 86_400_000
export const COST_DAYS = 40

export interface CostTrace {
  id: string
  timestamp: number
  docstore_cost_usd?: number
  generations: readonly {
    provider: string
    model: string
    cost_usd?: number
    input_tokens?: number
    output_tokens?: number
  }[]
  org?: string
  endpoint: string
  service: string
  environment: string
  metadata: { team: string }
  status: string
  total_latency_ms: number
}

interface Kind {
  org?: string
  endpoint: string
  team: string
  provider: string
  model: string
  /** Nothing: a model without a price. */
  llmUsd?: number
  docstoreUsd?: number
  /** Of one day. */
  requests: number
}

const KINDS: readonly Kind[] = [
  {
    org: 'acme',
    endpoint: '/ask',
    team: 'blue',
    provider: 'openai',
    model: 'gpt-4o',
    llmUsd: 0.25,
    docstoreUsd: 0.05,
    requests: 2,
  },
  {
    org: 'acme',
    endpoint: '/search',
    team: 'blue',
    provider: 'openai',
    model: 'gpt-4o-mini',
    llmUsd: 0.01,
    docstoreUsd: 0.05,
    requests: 3,
  },
  {
    org: 'globex',
    endpoint: '/ask',
    team: 'red',
    provider: 'anthropic',
    model: 'claude-sonnet-4-0',
    llmUsd: 0.5,
    requests: 1,
  },
  {
    org: 'initech',
    endpoint: '/ask',
    team: 'red',
    provider: 'self-hosted',
    model: 'house-llama',
    requests: 2,
  },
  { endpoint: '/ask', team: 'blue', provider: 'openai', model: 'gpt-4o', llmUsd: 0.125, requests: 1 },
]

/** The same requests every day, up to this one. */
export function costLoad(now: number): CostTrace[] {
  return Array.from({ length: COST_DAYS }, (_, ago) =>
    KINDS.flatMap((kind, index) => ofDay(kind, index, now, ago)),
  ).flat()
}

function ofDay(kind: Kind, index: number, now: number, ago: number): CostTrace[] {
  const { org, endpoint, team, provider, model, llmUsd, docstoreUsd, requests } = kind
  // The same moment of each day: all of today's lie before now.
  return Array.from({ length: requests }, (_, number) => ({
    id: `cost-${ago}-${index}-${number}`,
    timestamp: now - ago * DAY_MS - index - 1,
    service: index === 3 ? 'intranet' : 'docs',
    environment: 'production',
    operation: 'ask',
    endpoint,
    ...(org === undefined ? {} : { org }),
    metadata: { team },
    status: 'success',
    total_latency_ms: 900,
    ...(docstoreUsd === undefined ? {} : { docstore_cost_usd: docstoreUsd }),
    generations: [
      {
        provider,
        model,
        latency_ms: 700,
        input_tokens: 1000,
        output_tokens: 200,
        ...(llmUsd === undefined ? {} : { cost_usd: llmUsd }),
      },
    ],
  }))
}
