import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CardinalityGuard } from './cardinality-guard.ts'
import { METRICS } from './catalogue.ts'
import { ExpositionHistory } from './exposition-history.ts'
import { renderRegistry } from './exposition.ts'
import { Registry } from './registry.ts'

const newRegistry = () => new Registry({ guard: new CardinalityGuard(() => undefined), exponential: false })

/** The last samples, and the page of the registry after them. */
function checkLastSamples(values: readonly { at: number; seconds: number }[]): void {
  const registry = newRegistry()
  const history = new ExpositionHistory({})
  for (let at = 1; at <= 5; at += 1) {
    for (const one of values) {
      if (one.at !== at) continue
      registry.observe(METRICS.requestDuration, one.seconds, 1, 'shop', 'ask', '', 'success')
      registry.count(METRICS.requests, 1, 'shop', 'ask', '', '', 'success')
    }
    history.sample(registry, at * 1000)
  }
  const last = [...history.render()]
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('#') || line.endsWith(' 5'))
    .map((line) => (line.startsWith('#') ? line : line.slice(0, -2)))
  const page = [...renderRegistry(registry, 'openmetrics')]
    .join('')
    .trimEnd()
    .split('\n')
    // What stands at zero on a page begins with one in a history.
    .filter((line) => !/status="(?:error|timeout)"\} 0$/.test(line))
  expect(last.filter((line) => !line.startsWith('# UNIT'))).toEqual(
    page.filter((line) => !line.startsWith('# UNIT')),
  )
}

describe('ExpositionHistory', () => {
  it('writes all samples of a series together, with a zero before the first and the labels on each', () => {
    const registry = newRegistry()
    const history = new ExpositionHistory({ environment: 'simulated' })
    registry.count(METRICS.feedback, 2, 'shop', 'positive')
    registry.set(METRICS.inFlight, 7, 'shop')
    history.sample(registry, 1000)
    registry.count(METRICS.feedback, 1, 'shop', 'positive')
    registry.count(METRICS.feedback, 5, 'shop', 'negative')
    history.sample(registry, 61_000)
    registry.set(METRICS.inFlight, 3, 'shop')
    history.sample(registry, 121_500)
    expect([...history.render()].join('')).toBe(`# HELP rag_feedback User feedback.
# TYPE rag_feedback counter
rag_feedback_total{service="shop",rating="positive",environment="simulated"} 2 1
rag_feedback_total{service="shop",rating="positive",environment="simulated"} 3 61
rag_feedback_total{service="shop",rating="positive",environment="simulated"} 3 121.5
rag_feedback_total{service="shop",rating="negative",environment="simulated"} 0 1
rag_feedback_total{service="shop",rating="negative",environment="simulated"} 5 61
rag_feedback_total{service="shop",rating="negative",environment="simulated"} 5 121.5
# HELP rag_requests_in_flight Requests being processed.
# TYPE rag_requests_in_flight gauge
rag_requests_in_flight{service="shop",environment="simulated"} 7 1
rag_requests_in_flight{service="shop",environment="simulated"} 3 121.5
# EOF
`)
  })

  it('ends with the page that the registry itself gives', () => {
    const value = fc.record({
      at: fc.integer({ min: 1, max: 5 }),
      seconds: fc.double({ min: 0, max: 90, noNaN: true }),
    })
    fc.assert(fc.property(fc.array(value, { maxLength: 30 }), checkLastSamples))
  })
})
