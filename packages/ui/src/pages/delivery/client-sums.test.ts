import { expect, test } from 'vitest'
import { orderClients, sumClients, troublesOf } from './client-sums.ts'
import type { Client } from './delivery-queries.ts'

const client = (over: Partial<Client> = {}): Client => ({
  instance: 'a',
  name: null,
  version: null,
  service: 'docs',
  last_sequence: 10,
  gaps: 0,
  gaps_given_up: 0,
  batches: 10,
  duplicates: 0,
  traces_accepted: 100,
  traces_rejected: 0,
  measurements_rejected: 0,
  ledger_rows_rejected: 0,
  dropped: {},
  first_seen: 0,
  last_seen: 0,
  state: 'live',
  ...over,
})

test('sumClients adds up what was sent, refused and dropped', () => {
  const sums = sumClients([
    client({
      gaps: 2,
      gaps_given_up: 5,
      traces_rejected: 1,
      measurements_rejected: 2,
      dropped: { queue_full: 1, gave_up: 0 },
    }),
    client({ state: 'tail_unknown', ledger_rows_rejected: 4, dropped: { queue_full: 2, too_large: 9 } }),
    client({ state: 'closed' }),
  ])
  expect(sums).toEqual({
    live: 1,
    unknown: 1,
    batches: 30,
    gaps: 7,
    duplicates: 0,
    accepted: 300,
    refused: 7,
    dropped: [
      ['too_large', 9],
      ['queue_full', 3],
    ],
  })
})

test('troublesOf a client that is fine is empty', () => {
  expect(troublesOf(client())).toEqual([])
  expect(troublesOf(client({ state: 'closed', duplicates: 3 }))).toEqual([])
})

test('troublesOf names each in words', () => {
  expect(
    troublesOf(
      client({ gaps: 1, measurements_rejected: 1200, dropped: { queue_full: 2 }, state: 'tail_unknown' }),
    ),
  ).toEqual(['1 batch missing', '1,200 measurements refused', '2 items dropped', 'gone without a goodbye'])
})

test('orderClients has lost numbers first, then lost detail, then those gone, then the latest', () => {
  const order = orderClients([
    client({ instance: 'old', last_seen: 1 }),
    client({ instance: 'gone', state: 'tail_unknown' }),
    client({ instance: 'new', last_seen: 2 }),
    client({ instance: 'dropped', dropped: { queue_full: 1 } }),
    client({ instance: 'gap', gaps: 1 }),
  ])
  expect(order.map(({ instance }) => instance)).toEqual(['gap', 'dropped', 'gone', 'new', 'old'])
})
