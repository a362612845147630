import * as genaiPrices from '@pydantic/genai-prices'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isSelfHosted,
  MODEL_NAME_LENGTH_MAX,
  normaliseModel,
  normaliseProvider,
  PROVIDER_NAME_LENGTH_MAX,
} from './model-name.ts'

describe('normaliseProvider', () => {
  test.each([
    ['openai', 'openai'],
    ['OpenAI', 'openai'],
    [' openai ', 'openai'],
    ['openai.chat', 'openai'],
    ['openai.responses', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['azure', 'azure'],
    ['azure.ai.openai', 'azure'],
    ['azure.ai.inference', 'azure'],
    ['az.ai.openai', 'azure'],
    ['azure_openai', 'azure'],
    ['azure-openai.chat', 'azure'],
    ['aws.bedrock', 'aws'],
    ['amazon-bedrock', 'aws'],
    ['amazon_bedrock', 'aws'],
    ['bedrock', 'aws'],
    ['gcp.gemini', 'google'],
    ['gcp.vertex_ai', 'google'],
    ['gcp.gen_ai', 'google'],
    ['vertex', 'google'],
    ['vertex_ai', 'google'],
    ['google_genai', 'google'],
    ['google.generative-ai', 'google'],
    ['google.vertex.chat', 'google'],
    ['mistral_ai', 'mistral'],
    ['mistralai', 'mistral'],
    ['x_ai', 'x-ai'],
    ['xai.chat', 'x-ai'],
    ['moonshot_ai', 'moonshotai'],
    ['together_ai', 'together'],
    ['fireworks_ai', 'fireworks'],
    ['ibm.watsonx.ai', 'ibm'],
    ['watsonx', 'ibm'],
    ['llama.cpp', 'llama-cpp'],
    ['groq', 'groq'],
    ['my gateway', 'my-gateway'],
    ['', 'unknown'],
    ['  ', 'unknown'],
    ['constructor', 'constructor'],
  ])('%j is %j', (raw, expected) => {
    expect(normaliseProvider(raw)).toBe(expected)
  })

  test('is bounded and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 2000 }), fc.constantFrom('a.b', 'az.x', '.x')),
        (raw) => {
          const name = normaliseProvider(raw)
          expect(name.length).toBeGreaterThan(0)
          expect(name.length).toBeLessThanOrEqual(PROVIDER_NAME_LENGTH_MAX)
        },
      ),
    )
    for (const raw of [undefined, null, 7, {}] as unknown[])
      expect(normaliseProvider(raw as string)).toBe('unknown')
  })
})

test('isSelfHosted with names as they are normalised', () => {
  expect(isSelfHosted(normaliseProvider('Ollama'))).toBe(true)
  expect(isSelfHosted(normaliseProvider('lm_studio'))).toBe(true)
  expect(isSelfHosted(normaliseProvider('openai'))).toBe(false)
})

describe('normaliseModel', () => {
  test.each([
    ['gpt-4o', 'gpt-4o'],
    ['GPT-4o', 'gpt-4o'],
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'], // twice the price of the later ones
    ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['gpt-4-turbo-2024-04-09', 'gpt-4-turbo'],
    ['gpt-3.5-turbo-1106', 'gpt-3.5-turbo-1106'],
    ['gpt-35-turbo', 'gpt-3.5-turbo'],
    ['gpt-4o-2024-13-45', 'gpt-4o-2024-13-45'], // no date
    ['o3-mini-2025-01-31', 'o3-mini'],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc123', 'ft:gpt-4o-mini'],
    ['openai/gpt-4o', 'gpt-4o'],
    ['openrouter/openai/gpt-4o-2024-08-06', 'gpt-4o'],
    ['chatgpt-4o-latest', 'chatgpt-4o-latest'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet'],
    ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet'],
    ['claude-3.5-sonnet', 'claude-3-5-sonnet'],
    ['claude-opus-4-20250514', 'claude-opus-4'],
    ['claude-3-opus@20240229', 'claude-3-opus'],
    ['claude-3-5-sonnet-v2@20241022', 'claude-3-5-sonnet'],
    ['claude-sonnet-4-5@default', 'claude-sonnet-4-5'],
    ['anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet'],
    ['us.anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet'],
    ['global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5'],
    ['anthropic.claude-v2:1', 'claude-v2'],
    ['anthropic.claude-3-sonnet-20240229-v1:0:200k', 'claude-3-sonnet'],
    [
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-3-haiku-20240307-v1:0',
      'claude-3-haiku',
    ],
    ['us.amazon.nova-pro-v1:0', 'nova-pro'],
    ['amazon.titan-embed-text-v2:0', 'titan-embed-text-v2'],
    ['meta.llama3-1-70b-instruct-v1:0', 'llama3-1-70b-instruct'],
    ['cohere.embed-english-v3', 'embed-english-v3'],
    ['models/gemini-2.5-flash', 'gemini-2.5-flash'],
    ['projects/p/locations/l/publishers/google/models/gemini-2.5-flash', 'gemini-2.5-flash'],
    ['gemini-1.5-pro-002', 'gemini-1.5-pro'],
    ['gemini-2.5-flash-preview-05-20', 'gemini-2.5-flash-preview-05-20'],
    ['text-embedding-004', 'text-embedding-004'],
    ['text-embedding-ada-002', 'text-embedding-ada-002'],
    ['text-embedding-3-small', 'text-embedding-3-small'],
    ['mistral:7b', 'mistral:7b'],
    ['llama3.2:latest', 'llama3.2'],
    ['mistral-large-2411', 'mistral-large-2411'],
    ['mistral-small-latest', 'mistral-small-latest'], // another price than mistral-small has
    ['command-r-08-2024', 'command-r-08-2024'],
    ['deepseek/deepseek-chat:free', 'deepseek-chat:free'],
    ['grok-4-0709', 'grok-4-0709'],
    ['accounts/fireworks/models/llama-v3p1-8b-instruct', 'llama-v3p1-8b-instruct'],
    ['@cf/meta/llama-3.1-8b-instruct', 'llama-3.1-8b-instruct'],
    ['hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M', 'llama-3.2-1b-instruct-gguf:q4_k_m'],
    ['gpt-4o\n', 'gpt-4o'],
    ['', 'unknown'],
    ['openai/', 'unknown'],
  ])('%j is %j', (raw, expected) => {
    expect(normaliseModel(raw)).toBe(expected)
  })

  test('is bounded and never throws', () => {
    const fragment = fc.constantFrom(
      'us.',
      'anthropic.',
      'claude-',
      '-v2',
      ':0',
      '@',
      '-2024-08-06',
      '/',
      'ft:',
      '-latest',
    )
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2000 }),
      fc.array(fragment, { maxLength: 400 }).map((a) => a.join('')),
    )
    fc.assert(
      fc.property(name, (raw) => {
        const family = normaliseModel(raw)
        expect(family.length).toBeGreaterThan(0)
        expect(family.length).toBeLessThanOrEqual(MODEL_NAME_LENGTH_MAX)
      }),
    )
    for (const raw of [undefined, null, 7, {}] as unknown[])
      expect(normaliseModel(raw as string)).toBe('unknown')
  })

  test('of two models a vendor sells at different prices gives two names', async () => {
    const providers = (await genaiPrices.waitForUpdate()) ?? []
    // Bedrock sells one model dearer in a region, and OpenRouter lists sellers of one model: there one label is wanted.
    const vendors = providers.filter(({ id }) => id !== 'aws' && id !== 'openrouter')
    expect(vendors.length).toBeGreaterThan(30)
    const merged = vendors.flatMap((provider) => {
      const pricesOf = new Map<string, Set<string>>()
      for (const { id, prices } of provider.models) {
        const name = normaliseModel(id)
        pricesOf.set(name, (pricesOf.get(name) ?? new Set()).add(JSON.stringify(prices)))
      }
      return [...pricesOf].filter(([, prices]) => prices.size > 1).map(([name]) => `${provider.id}/${name}`)
    })
    expect(merged).toEqual([])
  })
})
