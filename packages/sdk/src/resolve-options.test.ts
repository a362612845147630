import { describe, expect, test } from 'vitest'
import type { Diagnostic } from './diagnostics.ts'
import { OPTIONS } from './options.ts'
import type { MonitorOptions, OptionDefinition } from './options.ts'
import { resolveOptions } from './resolve-options.ts'

function resolve(options: MonitorOptions, environment: Record<string, string> = {}) {
  const diagnostics: Diagnostic[] = []
  const resolved = resolveOptions(options, environment, (diagnostic) => diagnostics.push(diagnostic))
  return { resolved: resolved as unknown as Record<string, unknown>, diagnostics }
}

const price = { model: 'm', inputUsdPerMillion: 1, outputUsdPerMillion: 2 }

/** A value that is not the default, as code and as text. */
function sampleOf({ kind, min = 0, max = 1 }: OptionDefinition): { value: unknown; text: string } {
  const middle = Math.ceil((min + Math.min(max, min + 10)) / 2)
  switch (kind) {
    case 'boolean':
      return { value: false, text: 'no' }
    case 'number':
      return { value: middle, text: String(middle) }
    case 'string':
      return { value: 'text', text: 'text' }
    case 'url':
      return { value: 'https://example.com/rag', text: 'https://example.com/rag' }
    case 'list':
      return { value: ['a', 'b'], text: 'a, b' }
    case 'json':
      return { value: [price], text: JSON.stringify([price]) }
    default:
      throw new Error('A new kind of option needs a sample')
  }
}

/** The two prices make sense together only. */
const single = OPTIONS.filter(({ name }) => !name.startsWith('costPer1k'))

describe('resolveOptions', () => {
  test.each(single.map((option) => [option.name, option] as const))(
    '%s: code, variable, default',
    (name, option) => {
      const { value, text } = sampleOf(option)
      expect(resolve({ [name]: value }).resolved[name]).toEqual(value)
      expect(resolve({}, { [option.env]: text }).resolved[name]).toEqual(value)
      expect(resolve({ [name]: value }, { [option.env]: 'ignored' }).resolved[name]).toEqual(value)
      expect(resolve({}, { [option.env]: '' }).resolved[name]).toEqual(
        option.default ?? (name === 'prices' ? [] : undefined),
      )
    },
  )

  // Any text is a name or a list; what is wrong with a list of prices is below.
  const refusing = single.filter(({ kind }) => ['boolean', 'number', 'url'].includes(kind))
  test.each(refusing.map((option) => [option.name, option] as const))(
    '%s: a wrong value is reported and its default used',
    (name, option) => {
      const fromText = resolve({}, { [option.env]: 'nonsense' })
      expect(fromText.diagnostics).toMatchObject([{ message: expect.stringContaining(option.env) as string }])
      expect(fromText.resolved[name]).toEqual(option.default)
      const fromCode = resolve({ [name]: Symbol('x') as never })
      expect(fromCode.diagnostics).toMatchObject([{ message: expect.stringContaining(name) as string }])
      expect(fromCode.resolved[name]).toEqual(option.default)
    },
  )

  test('costs per 1K tokens need each other', () => {
    const both = { RAGMETER_COST_PER_1K_INPUT_USD: '0.003', RAGMETER_COST_PER_1K_OUTPUT_USD: '0.015' }
    expect(resolve({}, both).resolved['costPer1kTokens']).toEqual({ inputUsd: 0.003, outputUsd: 0.015 })
    const { resolved, diagnostics } = resolve({ costPer1kInputUsd: 1 })
    expect(resolved['costPer1kTokens']).toBeUndefined()
    expect(diagnostics).toMatchObject([{ message: expect.stringContaining('Only one') }])
  })

  test('the daemon can be switched off', () => {
    expect(resolve({ endpoint: null }).resolved['endpoint']).toBeNull()
    expect(resolve({}, { RAGMETER_ENDPOINT: 'none' }).resolved['endpoint']).toBeNull()
  })

  test('a price that the price book would refuse is refused here, without an exception', () => {
    for (const inputUsdPerMillion of [-1, Number.NaN, '1' as never]) {
      const { resolved, diagnostics } = resolve({ prices: [{ ...price, inputUsdPerMillion }] })
      expect(resolved['prices']).toEqual([])
      expect(diagnostics).toHaveLength(1)
    }
  })

  test('a secret is not repeated in a message', () => {
    const { diagnostics } = resolve({ token: 'x'.repeat(5000), hashKey: '' })
    expect(diagnostics).toHaveLength(2)
    expect(JSON.stringify(diagnostics)).not.toContain('xxxx')
  })
})
