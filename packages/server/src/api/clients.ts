/** GET /api/v1/clients: what each client says it sent, and what arrived. */
import type { Queries } from '../store/store.ts'
import { route } from './route.ts'
import { array, epochMs, map, nullable, object, oneOf, string, whole } from '../lib/json-schema.ts'

const CLIENTS_SCHEMA = object({
  clients: array(
    object({
      instance: string('One process of a client.'),
      name: nullable(string('Name of its library.')),
      version: nullable(string('Version of its library.')),
      service: nullable(string()),
      last_sequence: whole('Highest batch number seen.'),
      gaps: whole('Batches whose number was skipped and has not come since.'),
      gaps_given_up: whole(
        'Batches skipped so long ago that one of them counts as a duplicate if it comes now.',
      ),
      batches: whole('Batches stored.'),
      duplicates: whole('Batches that came again and were not counted again.'),
      traces_accepted: whole(),
      traces_rejected: whole('Traces refused; the rest of their batch was stored.'),
      measurements_rejected: whole('Measurements refused: the requests in them are missing in every number.'),
      ledger_rows_rejected: whole('Ledger rows refused.'),
      dropped: map(whole(), 'Dropped by the client itself, by reason.'),
      first_seen: epochMs('First batch.'),
      last_seen: epochMs('Last batch.'),
      state: oneOf(
        ['live', 'closed', 'tail_unknown'],
        '`closed` said goodbye; `tail_unknown` vanished without, so its last seconds may be missing.',
      ),
    }),
  ),
})

export const clientsRoute = route({
  url: '/api/v1/clients',
  operationId: 'listClients',
  tag: 'queries',
  summary: 'Delivery by client instance',
  parameters: {},
  responses: { 200: { description: 'The clients.', schema: CLIENTS_SCHEMA } },
  answer: (_, { store, now }) => store.query('clients', { now: now() }),
})

export function clientsView(clients: Queries['clients']['result']): object {
  return { clients }
}
