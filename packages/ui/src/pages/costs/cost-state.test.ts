import { expect, test } from 'vitest'
import { conflictOf, filterChange, readCostState } from './cost-state.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

test('readCostState of nothing is this month by organisation', () => {
  expect(readCostState({}, NOW)).toEqual({
    period: 'month',
    days: { from: '2026-11-01', to: '2026-11-21' },
    group: 'org',
    filters: {},
    sort: undefined,
    isDescending: false,
  })
})

test.each([
  ['org', 'acme'],
  ['org', ''],
  ['service', 'docs'],
  ['service', ''],
  ['environment', 'prod'],
  ['dimension.team', 'blue'],
])('filterChange of %s=%j is read as that filter', (group, value) => {
  const search = filterChange(group, value) as Record<string, string>
  expect(readCostState(search, NOW).filters).toEqual({ [group]: value })
})

test('readCostState reads the direction of the order', () => {
  expect(readCostState({ sort: '-requests' }, NOW)).toMatchObject({ sort: 'requests', isDescending: true })
  expect(readCostState({ sort: 'requests' }, NOW)).toMatchObject({ sort: 'requests', isDescending: false })
})

test('conflictOf finds what the ledger cannot combine', () => {
  expect(conflictOf('model', { endpoint: '/ask' })).toBe('not together with endpoint')
  expect(conflictOf('dimension.team', { provider: 'openai' })).toBe('not together with provider')
  expect(conflictOf('model', { org: 'acme', provider: 'openai' })).toBeUndefined()
  expect(conflictOf('endpoint', { org: 'acme' })).toBeUndefined()
})
