import { LIMITS } from '@ragmeter/core'
import { expect, test } from 'vitest'
import { createHarness } from './writer-harness.ts'

const DAY = '2026-01-15'

const numbers = (first: number) =>
  `WITH RECURSIVE n (i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${first + LIMITS.ledgerKeysPerDayMax})`

test('the ledger of a day that is full, with different orgs in both tables, can be grouped by org', () => {
  using harness = createHarness()
  harness.database.exec(`
    ${numbers(0)} INSERT INTO ledger_requests SELECT '${DAY}', 'org' || i, 'docs', '', '', '', '{}',
      1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM n;
    ${numbers(50_000)} INSERT INTO ledger_generations SELECT '${DAY}', 'org' || i, 'docs', '', 'm',
      1, 0, 0, 0, 0, 0, 0, 0, 0 FROM n;`)
  const { rows, others, total } = harness.query('ledger', {
    from: DAY,
    to: DAY,
    groups: ['org'],
    filters: {},
    limit: 10,
    deadline: Infinity,
  })
  expect([rows.length, others?.requests, total.requests, total.calls]).toMatchObject([
    10,
    expect.any(Number),
    LIMITS.ledgerKeysPerDayMax,
    LIMITS.ledgerKeysPerDayMax,
  ])
})
