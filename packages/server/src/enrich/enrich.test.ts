import { unattributedCost } from '@ragmeter/core'
import type { Generation, PriceBook, TraceEvent } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { priceCalls } from './enrich.ts'

/** Every token is a nano-dollar; `local` has no price. */
const prices: PriceBook = {
  rates: () => undefined,
  price: (_, model, { inputTokens }) =>
    model === 'local'
      ? { costNanoUsd: null, source: 'unpriced' }
      : { costNanoUsd: inputTokens, source: 'genai-prices' },
}
const call = (input_tokens: number, model = 'gpt-4o'): Generation => ({ model, input_tokens })
const stated = (cost_nano_usd: number): Generation => ({ cost_nano_usd, cost_source: 'given' })

function priced(
  fields: Pick<TraceEvent, 'cost_nano_usd' | 'docstore_cost_nano_usd' | 'generations'>,
): unknown {
  const event: TraceEvent = {
    id: 'a',
    timestamp: 0,
    total_latency_ms: 1,
    status: 'success',
    service: 'docs',
    ...fields,
  }
  priceCalls(event, prices)
  return [...(event.generations ?? []).map(({ cost_nano_usd }) => cost_nano_usd), unattributedCost(event)]
}

test.each<readonly [string, Parameters<typeof priced>[0], readonly (number | null)[]]>([
  ['no total: by the list', { generations: [call(10), call(20)] }, [10, 20, 0]],
  ['no call', { cost_nano_usd: 5, docstore_cost_nano_usd: 2 }, [3]],
  ['one call, whatever its price', { cost_nano_usd: 7, generations: [call(10)] }, [7, 0]],
  ['one call without a price', { cost_nano_usd: 7, generations: [call(1, 'local')] }, [7, 0]],
  [
    'one call beside parts that are stated',
    { cost_nano_usd: 9, docstore_cost_nano_usd: 1, generations: [stated(3), call(10)] },
    [3, 5, 0],
  ],
  ['all calls stated', { cost_nano_usd: 9, generations: [stated(3), stated(2)] }, [3, 2, 4]],
  ['several, in proportion, up', { cost_nano_usd: 100, generations: [call(1), call(3)] }, [25, 75, 0]],
  [
    'several, in proportion, down',
    { cost_nano_usd: 10, generations: [call(20), call(60), call(20)] },
    [2, 6, 2, 0],
  ],
  ['several, rounded', { cost_nano_usd: 100, generations: [call(7), call(7), call(7)] }, [33, 34, 33, 0]],
  [
    'several, one without a price',
    { cost_nano_usd: 9, generations: [call(4), call(1, 'local')] },
    [4, null, 5],
  ],
  [
    'several, one without a price, less',
    { cost_nano_usd: 3, generations: [call(4), call(1, 'local')] },
    [3, null, 0],
  ],
  ['several that are free', { cost_nano_usd: 3, generations: [call(0), call(0)] }, [0, 0, 3]],
  [
    'no price at all',
    { cost_nano_usd: 3, generations: [call(1, 'local'), call(1, 'local')] },
    [null, null, 3],
  ],
])('priceCalls with a stated total and %s', (_, fields, expected) => {
  expect(priced(fields)).toEqual(expected)
})
