import pc from 'picocolors'
import { expect, test } from 'vitest'
import { renderSlos } from './slo.ts'

const PLAIN = pc.createColors(false)

test('renderSlos shows what is left, and that nothing is known of a window without events', () => {
  const slo = {
    name: 'availability',
    service: 'docs',
    target: 0.995,
    window_days: 30,
    covered_days: 30,
    sli: 0.999,
    events: 12_000,
    error_budget_remaining: 0.8,
    burn_rates: [
      { window_minutes: 5, rate: null },
      { window_minutes: 60, rate: 0.2 },
      { window_minutes: 4320, rate: 1.25 },
    ],
  }
  expect(renderSlos({ slos: [slo] }, PLAIN).split('\n')).toEqual([
    'availability of docs',
    '  Target            99.50 % in 30 days',
    '  Good              99.90 % of 12,000 events',
    '  Budget left       80.00 %',
    '  Burn rate 5 min   no data',
    '  Burn rate 1 h     0.20',
    '  Burn rate 3 d     1.25',
  ])
  expect(renderSlos({ slos: [{ ...slo, error_budget_remaining: -0.5 }] }, PLAIN)).toMatch(
    /overspent by 50.00 %/,
  )
  expect(renderSlos({ slos: [{ ...slo, covered_days: 12.25 }] }, PLAIN)).toMatch(
    /in 30 days\n {2}Known +the last 12.3 days only: the figures below are of those\n {2}Good/,
  )
  expect(renderSlos({ slos: [] }, PLAIN)).toBe('No service has had events of an objective yet.')
})

test('renderSlos: the name of a service forges no line and no control sequence', () => {
  const slo = { name: 'availability', service: '\u001b[2Jdocs\r\nFAKE LINE', target: 0.9, window_days: 30 }
  const [heading, second] = renderSlos({ slos: [slo] }, PLAIN).split('\n')
  expect(heading).toBe('availability of \uFFFD[2Jdocs FAKE LINE')
  expect(second).toMatch(/Target/)
})
