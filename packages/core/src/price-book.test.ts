import * as genaiPrices from '@pydantic/genai-prices'
import * as fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { createPriceBook, RATES_CACHED_MAX, type PriceLibrary } from './price-book.ts'
import { normaliseUsage, type TokenUsage } from './token-usage.ts'

const atMs = Date.UTC(2026, 6, 1, 12)
const usage: TokenUsage = { inputTokens: 1000, outputTokens: 500 }
const book = createPriceBook({ library: genaiPrices })

/** A library that knows one model and counts how often it is asked. */
function fakeLibrary(): PriceLibrary & { calcPrice: ReturnType<typeof vi.fn<PriceLibrary['calcPrice']>> } {
  return {
    calcPrice: vi.fn<PriceLibrary['calcPrice']>((_usage, id) =>
      id === 'known' ? { model: { id, prices: {} }, model_price: { input_mtok: 1, output_mtok: 2 } } : null,
    ),
    findProvider: () => undefined,
  }
}

/** What the library itself says, in nano-USD. */
function libraryNanoUsd(providerId: string, model: string, of: TokenUsage, timestamp: Date): number {
  const raw = {
    input_tokens: of.inputTokens,
    output_tokens: of.outputTokens,
    cache_read_tokens: of.cacheReadTokens,
    cache_write_tokens: of.cacheWriteTokens,
    output_reasoning_tokens: of.reasoningTokens,
  }
  const result = genaiPrices.calcPrice(raw, model, { providerId, timestamp })
  return (result?.total_price ?? Number.NaN) * 1e9
}

describe('price agrees with the library', () => {
  const models: [provider: string, model: string][] = [
    ['openai', 'gpt-4o'],
    ['openai', 'gpt-4o-2024-08-06'],
    ['openai', 'gpt-4o-2024-05-13'],
    ['openai', 'gpt-4o-mini'],
    ['openai', 'gpt-4.1-nano'],
    ['openai', 'gpt-5'],
    ['openai', 'gpt-5.4'],
    ['openai', 'gpt-3.5-turbo-1106'],
    ['openai', 'o3'],
    ['openai', 'text-embedding-3-small'],
    ['openai', 'text-embedding-ada-002'],
    ['openai', 'ft:gpt-4o-mini-2024-07-18:acme::x'],
    ['azure', 'gpt-4o-mini'],
    ['azure', 'gpt-35-turbo'],
    ['anthropic', 'claude-3-5-sonnet-20241022'],
    ['anthropic', 'claude-sonnet-4-5-20250929'],
    ['anthropic', 'claude-haiku-4-5'],
    ['anthropic', 'claude-opus-4-6'],
    ['aws', 'us.anthropic.claude-3-5-sonnet-20241022-v2:0'],
    ['aws', 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    ['aws', 'amazon.nova-pro-v1:0'],
    ['google', 'gemini-2.5-flash'],
    ['google', 'gemini-2.5-pro'],
    ['google', 'gemini-1.5-pro-002'],
    ['google', 'claude-sonnet-4-5@20250929'],
    ['mistral', 'mistral-large-latest'],
    ['mistral', 'mistral-embed'],
    ['mistral', 'ministral-8b-latest'],
    ['groq', 'llama-3.3-70b-versatile'],
    ['cohere', 'command-r-plus'],
    ['cohere', 'embed-v4.0'],
    ['x-ai', 'grok-4.20'],
    ['deepseek', 'deepseek-chat'],
    ['deepseek', 'deepseek-v4-pro'],
    ['perplexity', 'sonar-pro'],
    ['perplexity', 'sonar-deep-research'],
    ['voyageai', 'voyage-3'],
    ['openrouter', 'anthropic/claude-sonnet-4.5'],
    ['openrouter', 'deepseek/deepseek-chat:free'],
    ['together', 'meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo'],
  ]
  const usages: TokenUsage[] = [
    { inputTokens: 0, outputTokens: 0 },
    { inputTokens: 1, outputTokens: 1 },
    { inputTokens: 1234, outputTokens: 567 },
    { inputTokens: 128_000, outputTokens: 1000 },
    { inputTokens: 128_001, outputTokens: 1000 },
    { inputTokens: 200_000, outputTokens: 1000 },
    { inputTokens: 200_001, outputTokens: 1000 },
    { inputTokens: 272_001, outputTokens: 1000, cacheReadTokens: 100_000 },
    { inputTokens: 10_000, outputTokens: 900, cacheReadTokens: 8000 },
    { inputTokens: 10_000, outputTokens: 900, cacheReadTokens: 3000, cacheWriteTokens: 5000 },
    {
      inputTokens: 250_000,
      outputTokens: 900,
      cacheReadTokens: 3000,
      cacheWriteTokens: 5000,
      reasoningTokens: 300,
    },
    { inputTokens: 1_000_000, outputTokens: 1_000_000, reasoningTokens: 999_999 },
  ]

  test.each(models)('%s %s', (provider, model) => {
    for (const of of usages) {
      const priced = book.price(provider, model, of, atMs)
      expect(priced.source).toBe('genai-prices')
      expect(Number.isInteger(priced.costNanoUsd)).toBe(true)
      const expected = libraryNanoUsd(provider, model, of, new Date(atMs))
      expect(Math.abs((priced.costNanoUsd ?? Number.NaN) - expected)).toBeLessThanOrEqual(1)
    }
  })

  test('for every model of the library that has a price for tokens', async () => {
    const providers = (await genaiPrices.waitForUpdate()) ?? []
    const of: TokenUsage = {
      inputTokens: 300_000,
      outputTokens: 4321,
      cacheReadTokens: 1000,
      cacheWriteTokens: 500,
    }
    const deviating: string[] = []
    let compared = 0
    for (const { id: provider, models: listed } of providers) {
      for (const { id } of listed) {
        const priced = createPriceBook({ library: genaiPrices }).price(provider, id, of, atMs)
        if (priced.costNanoUsd === null) continue
        compared++
        const expected = libraryNanoUsd(provider, id, of, new Date(atMs))
        if (!(Math.abs(priced.costNanoUsd - expected) <= 1)) deviating.push(`${provider} ${id}`)
      }
    }
    expect(deviating).toEqual([])
    expect(compared).toBeGreaterThan(1000)
  })

  test('at every hour, where the price depends on the time', () => {
    for (let hour = 0; hour < 24; hour++) {
      for (const minute of [0, 29, 30, 59]) {
        const at = Date.UTC(2026, 8, 1, hour, minute, 59, 999)
        for (const model of ['deepseek-chat', 'deepseek-v4-pro']) {
          const expected = libraryNanoUsd('deepseek', model, usage, new Date(at))
          expect(book.price('deepseek', model, usage, at).costNanoUsd).toBeCloseTo(expected, 0)
        }
      }
    }
  })

  test('before and after the day a price changed', () => {
    expect(book.price('openai', 'o3', usage, Date.UTC(2025, 5, 9)).costNanoUsd).toBe(30_000_000)
    expect(book.price('openai', 'o3', usage, Date.UTC(2025, 5, 10)).costNanoUsd).toBe(6_000_000)
    expect(book.price('openai', 'o3', usage, Date.UTC(2025, 5, 9)).costNanoUsd).toBe(30_000_000)
  })
})

describe('price finds the model', () => {
  test.each([
    // provider given, model, as if it were
    [undefined, 'gpt-4o', 'openai', 'gpt-4o'],
    ['unknown', 'gpt-4o', 'openai', 'gpt-4o'],
    ['my-gateway', 'claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
    ['openai.chat', 'gpt-4o', 'openai', 'gpt-4o'],
    ['az.ai.openai', 'gpt-4o-mini', 'azure', 'gpt-4o-mini'],
    ['gcp.gemini', 'models/gemini-2.5-flash', 'google', 'gemini-2.5-flash'],
    [undefined, 'models/gemini-2.5-flash', 'google', 'gemini-2.5-flash'],
    [undefined, 'text-embedding-3-small', 'openai', 'text-embedding-3-small'],
    [undefined, 'openai/gpt-4o', 'openai', 'gpt-4o'],
    ['litellm', 'openai/gpt-4o', 'openai', 'gpt-4o'],
    ['openai', 'anthropic/claude-sonnet-4-5', 'anthropic', 'claude-sonnet-4-5'],
    ['x_ai', 'grok-3', 'x-ai', 'grok-3'],
    ['aws.bedrock', 'us.amazon.nova-pro-v1:0', 'aws', 'amazon.nova-pro-v1:0'],
  ])('%s %s is priced as %s %s', (provider, model, asProvider, asModel) => {
    const expected = book.price(asProvider, asModel, usage, atMs)
    expect(expected.source).toBe('genai-prices')
    expect(book.price(provider, model, usage, atMs)).toEqual(expected)
  })

  test.each([
    ['openai', 'my-deployment'],
    [undefined, 'mistral:7b'],
    [undefined, 'deepseek-r1:14b'], // the vendor has a deepseek-r1, but this is a tag of Ollama
    ['ollama', 'deepseek-r1'],
    ['vllm', 'mistral-large-latest'],
    ['cohere', 'rerank-v3.5'],
    ['openai', 'whisper-1'], // sold by the hour: the library says 0 for its tokens
    ['cerebras', 'qwen-3-coder-480b'], // listed with no price at all: the library says 0
    ['openai', ''],
    ['openai', 'x'.repeat(100_000)],
    ['openai', '__proto__'],
  ])('%s %s is unpriced, not free', (provider, model) => {
    expect(book.price(provider, model, usage, atMs)).toEqual({ costNanoUsd: null, source: 'unpriced' })
  })

  test('free models cost 0', () => {
    expect(book.price('openrouter', 'deepseek/deepseek-chat:free', usage, atMs)).toEqual({
      costNanoUsd: 0,
      source: 'genai-prices',
    })
  })
})

describe('price of odd usage', () => {
  test.each([
    { inputTokens: -1, outputTokens: 0 },
    { inputTokens: 0, outputTokens: Number.NaN },
    { inputTokens: Number.POSITIVE_INFINITY, outputTokens: 0 },
    { inputTokens: 1e30, outputTokens: 0 },
    { inputTokens: 10, outputTokens: 0, cacheReadTokens: -5 },
    { inputTokens: 10, outputTokens: 0, cacheWriteTokens: Number.NaN },
    { inputTokens: 10, outputTokens: 0, reasoningTokens: -1 },
  ])('%o is unpriced', (of) => {
    expect(book.price('openai', 'gpt-4o', of, atMs)).toEqual({ costNanoUsd: null, source: 'unpriced' })
  })

  test('with a time that is none is unpriced, and does not spoil the model', () => {
    const fresh = createPriceBook({ library: genaiPrices })
    expect(fresh.price('deepseek', 'deepseek-chat', usage, Number.NaN).costNanoUsd).toBeNull()
    expect(fresh.price('deepseek', 'deepseek-chat', usage, atMs).costNanoUsd).not.toBeNull()
  })

  test('counts more cached than input tokens as not included', () => {
    const raw: TokenUsage = { inputTokens: 50, outputTokens: 10, cacheReadTokens: 1000, cacheWriteTokens: 20 }
    expect(normaliseUsage(raw)).toEqual({ ...raw, inputTokens: 1070 })
    expect(normaliseUsage(usage)).toBe(usage)
    const expected = book.price('anthropic', 'claude-sonnet-4-5', normaliseUsage(raw), atMs)
    expect(book.price('anthropic', 'claude-sonnet-4-5', raw, atMs)).toEqual(expected)
    expect(expected.costNanoUsd).toBe(50 * 3000 + 1000 * 300 + 20 * 3750 + 10 * 15_000)
  })
})

describe('createPriceBook', () => {
  const free = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 }

  test('takes overrides, then the default, then the library', () => {
    const overrides = [{ provider: 'openai', model: 'gpt-4o', inputUsdPerMillion: 1, outputUsdPerMillion: 2 }]
    const withDefault = createPriceBook({
      library: genaiPrices,
      overrides,
      costPer1kTokens: { inputUsd: 0.003, outputUsd: 0.006 },
    })
    expect(withDefault.price('openai', 'gpt-4o', usage, atMs)).toEqual({
      costNanoUsd: 2_000_000,
      source: 'override',
    })
    expect(withDefault.price('openai', 'gpt-5', usage, atMs)).toEqual({
      costNanoUsd: 6_000_000,
      source: 'default',
    })
    expect(withDefault.price('ollama', 'mistral:7b', usage, atMs)).toEqual({
      costNanoUsd: 6_000_000,
      source: 'default',
    })

    const withoutDefault = createPriceBook({ library: genaiPrices, overrides })
    expect(withoutDefault.price('openai', 'gpt-5', usage, atMs).source).toBe('genai-prices')
    // The override is for OpenAI alone.
    expect(withoutDefault.price('azure', 'gpt-4o', usage, atMs).source).toBe('genai-prices')
  })

  test('uses the first override that matches', () => {
    const ordered = createPriceBook({
      library: genaiPrices,
      overrides: [
        { model: 'gpt-4o*', ...free },
        { model: 'gpt-4o-mini', inputUsdPerMillion: 5, outputUsdPerMillion: 5 },
      ],
    })
    expect(ordered.price('openai', 'gpt-4o-mini', usage, atMs).costNanoUsd).toBe(0)
  })

  test.each([
    ['gpt-4o', 'openai', 'gpt-4o-2024-08-06', true], // through the normalised name
    ['gpt-4o-2024-08-06', 'openai', 'gpt-4o-2024-08-06', true],
    ['gpt-4o-2024-08-06', 'openai', 'gpt-4o', false],
    ['GPT-4O', 'openai', 'gpt-4o', true],
    ['*', 'openai', 'anything', true],
    ['*:7b', 'ollama', 'mistral:7b', true],
    ['*:7b', 'ollama', 'mistral:70b', false],
    ['llama*instruct*q4*', 'ollama', 'llama3-instruct:8b-q4_0', true],
    ['llama*instruct*q4*', 'ollama', 'llama3:q4-instruct', false],
    ['ab*ba', 'local', 'aba', false],
    ['a*a*a', 'local', 'aa', false],
    ['a.c', 'local', 'abc', false],
  ])('override for %s against %s %s: %s', (pattern, provider, model, matches) => {
    const overridden = createPriceBook({ library: fakeLibrary(), overrides: [{ model: pattern, ...free }] })
    expect(overridden.price(provider, model, usage, atMs).source).toBe(matches ? 'override' : 'unpriced')
  })

  test('normalises the provider of an override', () => {
    const overridden = createPriceBook({
      library: fakeLibrary(),
      overrides: [
        { provider: 'azure.ai.openai', model: 'support-bot', inputUsdPerMillion: 1, outputUsdPerMillion: 1 },
      ],
    })
    expect(overridden.price('azure', 'support-bot', usage, atMs).source).toBe('override')
    expect(overridden.price(undefined, 'support-bot', usage, atMs).source).toBe('unpriced')
  })

  test('prices a local model at 0 when told so', () => {
    const local = createPriceBook({
      library: genaiPrices,
      overrides: [{ provider: 'ollama', model: '*', ...free }],
    })
    expect(local.price('ollama', 'mistral:7b', usage, atMs)).toEqual({ costNanoUsd: 0, source: 'override' })
  })

  test('prices cached tokens and the call itself as stated', () => {
    const stated = { model: 'm', inputUsdPerMillion: 10, outputUsdPerMillion: 20 }
    const of: TokenUsage = { inputTokens: 100, outputTokens: 10, cacheReadTokens: 40, cacheWriteTokens: 20 }
    const cost = (override: object): number | null =>
      createPriceBook({ library: fakeLibrary(), overrides: [{ ...stated, ...override }] }).price(
        'p',
        'm',
        of,
        atMs,
      ).costNanoUsd
    expect(cost({})).toBe(100 * 10_000 + 10 * 20_000)
    expect(cost({ cacheReadUsdPerMillion: 1, cacheWriteUsdPerMillion: 12, requestUsd: 0.002 })).toBe(
      40 * 10_000 + 40 * 1000 + 20 * 12_000 + 10 * 20_000 + 2_000_000,
    )
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a price of %d and names it', (usd) => {
    const override = { provider: 'openai', model: 'gpt-4o', inputUsdPerMillion: usd, outputUsdPerMillion: 1 }
    expect(() => createPriceBook({ library: genaiPrices, overrides: [override] })).toThrow(
      /openai\/gpt-4o: inputUsdPerMillion/,
    )
    expect(() =>
      createPriceBook({ library: genaiPrices, costPer1kTokens: { inputUsd: 0, outputUsd: usd } }),
    ).toThrow(RangeError)
  })

  test('asks the library once for a model, known or not', () => {
    const library = fakeLibrary()
    const cached = createPriceBook({ library })
    for (let i = 0; i < 5; i++) cached.price('p', 'known', usage, atMs + i * 3_600_000)
    expect(library.calcPrice).toHaveBeenCalledTimes(1)
    for (let i = 0; i < 5; i++) cached.price('p', 'missing', usage, atMs)
    expect(library.calcPrice).toHaveBeenCalledTimes(2)
  })

  test('forgets when too many models were asked for, so that names cannot fill the memory', () => {
    const library = fakeLibrary()
    const cached = createPriceBook({ library })
    cached.price('p', 'known', usage, atMs)
    for (let i = 0; i < RATES_CACHED_MAX - 1; i++) cached.price(`p${i % 7}`, `missing-${i}`, usage, atMs)
    cached.price('p', 'known', usage, atMs)
    expect(library.calcPrice).toHaveBeenCalledTimes(RATES_CACHED_MAX)
    cached.price('p', 'one-too-many', usage, atMs)
    cached.price('p', 'known', usage, atMs)
    expect(library.calcPrice).toHaveBeenCalledTimes(RATES_CACHED_MAX + 2)
  })

  test('treats a library that throws, or says nonsense, as one that does not know', () => {
    const throwing: PriceLibrary = {
      calcPrice: () => {
        throw new Error('bad data')
      },
      findProvider: () => undefined,
    }
    expect(createPriceBook({ library: throwing }).price('p', 'm', usage, atMs).source).toBe('unpriced')
    const nonsense: PriceLibrary = {
      calcPrice: () => ({ model: { id: 'm', prices: {} }, model_price: { input_mtok: -3 } }),
      findProvider: () => undefined,
    }
    expect(createPriceBook({ library: nonsense }).price('p', 'm', usage, atMs).source).toBe('unpriced')
  })
})

test('price of any counts and names is null or a non-negative integer', () => {
  const count = fc.oneof(fc.nat(), fc.double(), fc.constantFrom(-1, 0, 0.5))
  fc.assert(
    fc.property(
      fc.option(fc.oneof(fc.string(), fc.constantFrom('openai', 'aws', 'litellm')), { nil: undefined }),
      fc.oneof(fc.string(), fc.constantFrom('gpt-4o', 'claude-sonnet-4-5', 'sonar-deep-research')),
      fc.record({
        inputTokens: count,
        outputTokens: count,
        cacheReadTokens: count,
        cacheWriteTokens: count,
        reasoningTokens: count,
      }),
      fc.double(),
      (provider, model, of, at) => {
        const { costNanoUsd, source } = book.price(provider, model, of, at)
        expect(costNanoUsd === null).toBe(source === 'unpriced')
        expect(costNanoUsd === null || (Number.isSafeInteger(costNanoUsd) && costNanoUsd >= 0)).toBe(true)
      },
    ),
  )
})
