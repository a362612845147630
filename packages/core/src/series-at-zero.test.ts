import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CardinalityGuard } from './cardinality-guard.ts'
import { METRICS } from './catalogue.ts'
import { STATUSES } from './enums.ts'
import { renderRegistry } from './exposition.ts'
import { Registry } from './registry.ts'
import { seriesAtZero } from './series-at-zero.ts'

const newRegistry = () => new Registry({ guard: new CardinalityGuard(() => undefined) })

test('seriesAtZero of a call that succeeded gives the failures that alerts read, until there are some', () => {
  const registry = newRegistry()
  registry.count(METRICS.dependencyRequests, 1, 'docs', 'qdrant', 'vector_store', 'success')
  const labels = () =>
    Array.from(seriesAtZero(registry.family(METRICS.dependencyRequests)), (one) => one.labels)
  expect(labels()).toEqual([
    ['docs', 'qdrant', 'vector_store', 'error'],
    ['docs', 'qdrant', 'vector_store', 'timeout'],
  ])
  registry.count(METRICS.dependencyRequests, 1, 'docs', 'qdrant', 'vector_store', 'error')
  expect(labels()).toEqual([['docs', 'qdrant', 'vector_store', 'timeout']])
})

test('seriesAtZero of requests gives also those that fail before a model is known, once for all models', () => {
  const registry = newRegistry()
  for (const model of ['gpt-4o', 'gpt-5'])
    registry.count(METRICS.requests, 1, 'docs', 'ask', '', model, 'success')
  const labels = Array.from(seriesAtZero(registry.family(METRICS.requests)), (one) => one.labels.slice(3))
  expect(labels).toEqual([
    ['gpt-4o', 'error'],
    ['gpt-4o', 'timeout'],
    ['', 'error'],
    ['', 'timeout'],
    ['gpt-5', 'error'],
    ['gpt-5', 'timeout'],
  ])
})

test('seriesAtZero of what nobody has seen succeed gives none', () => {
  const registry = newRegistry()
  registry.count(METRICS.requests, 1, 'docs', 'ask', '', 'gpt-4o', 'cancelled')
  expect(Array.from(seriesAtZero(registry.family(METRICS.requests)))).toEqual([])
})

test('renderRegistry shows no series twice, whatever was counted', () => {
  const label = fc.constantFrom('', 'a', 'b')
  const request = fc.record({ operation: label, model: label, status: fc.constantFrom(...STATUSES) })
  fc.assert(
    fc.property(fc.array(request, { maxLength: 20 }), (requests) => {
      const registry = newRegistry()
      for (const { operation, model, status } of requests)
        registry.count(METRICS.requests, 1, 'docs', operation, '', model, status)
      const page = Array.from(renderRegistry(registry, 'text')).join('')
      const names = page.split('\n').flatMap((line) => /^rag[^}]+\}/.exec(line) ?? [])
      expect(new Set(names).size).toBe(names.length)
    }),
  )
})
