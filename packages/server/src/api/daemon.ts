/** GET /api/v1/daemon: the daemon's own queue, commit times and stages, as JSON. */
import { LIMITS } from '@ragmeter/core'
import { array, decimal, map, nullable, object, string, whole } from '../lib/json-schema.ts'
import { route } from './route.ts'

const DAEMON_SCHEMA = object({
  in_flight_requests: whole('Bodies being received or waiting for their commit.'),
  in_flight_requests_max: whole('Beyond it senders are told to come back.'),
  in_flight_bytes: whole('Bytes of these bodies.'),
  in_flight_bytes_max: whole('Beyond it senders are told to come back.'),
  event_loop_lag_ms: decimal('Longest time in the last one to two minutes for which HTTP was not answered.'),
  resident_memory_bytes: whole('Resident memory of the process.'),
  retention_days: decimal('How long traces are kept.'),
  commits: nullable(
    object(
      {
        count: whole('How many commits the times are of: the latest, at most 256.'),
        p50_ms: decimal('Half of them were on disk within it.'),
        p95_ms: decimal('95 % of them were on disk within it.'),
        max_ms: decimal('The slowest of them.'),
      },
      'Times until a transaction was on disk; null before the first one.',
    ),
  ),
  stages: array(
    object({
      stage: string('ingest: bodies; store: traces; metrics: scrapes; api: queries.'),
      accepted: whole('Since the daemon started.'),
      dropped: map(whole(), 'Since the daemon started, by reason.'),
    }),
  ),
})

export const daemonRoute = route({
  url: '/api/v1/daemon',
  operationId: 'getDaemon',
  tag: 'health',
  summary: 'Load of the daemon itself',
  parameters: {},
  responses: { 200: { description: 'The load.', schema: DAEMON_SCHEMA } },
  answer: (_, { load, retentionDays }) => {
    const { inFlight, eventLoopLagMs, residentMemoryBytes, commits, stages } = load()
    return Promise.resolve({
      in_flight_requests: inFlight.requests,
      in_flight_requests_max: LIMITS.inFlightRequestsMax,
      in_flight_bytes: inFlight.bytes,
      in_flight_bytes_max: LIMITS.inFlightBytesMax,
      event_loop_lag_ms: eventLoopLagMs,
      resident_memory_bytes: residentMemoryBytes,
      retention_days: retentionDays,
      commits:
        commits === null
          ? null
          : { count: commits.count, p50_ms: commits.p50Ms, p95_ms: commits.p95Ms, max_ms: commits.maxMs },
      stages,
    })
  },
})
