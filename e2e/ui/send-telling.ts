/** Sends the telling load, what applications state beside their requests, and batches that did not all arrive. */
import { postBatch } from './batches.ts'
import { chance, send } from './known-load.ts'
import { retrievalLoad } from './retrieval-load.ts'
import { HOUR_MS, RELEASES, tellingLoad, TELLING_SERVICES } from './telling-load.ts'

const EVERY_MS = 5 * 60_000
const HOURS = 30
const BATCH_TRACES = 1000

type Labels = Record<string, string>
type Measured = Record<string, unknown>

/** Gauges of every ten minutes of the last hours, and counters beside them. */
function factsOf(service: string, now: number): Measured[] {
  const moments = Array.from({ length: (HOURS * HOUR_MS) / EVERY_MS }, (_, ago) => now - ago * EVERY_MS)
  return moments.toReversed().flatMap((minute, index) => {
    const gauge = (metric: string, value: number, labels: Labels = {}) => ({
      type: 'gauge',
      metric,
      minute,
      value: Math.round(value),
      labels: { service, ...labels },
    })
    const counter = (metric: string, delta: number, labels: Labels) => ({
      type: 'counter',
      metric,
      minute,
      delta: Math.round(delta),
      labels: { service, ...labels },
    })
    const busy = 0.4 + 0.6 * Math.sin(index / 90) ** 2
    const limit = { provider: 'openai', model: 'gpt-4o', limit: 'tokens' }
    const vector = { dependency: 'qdrant', kind: 'vector_store' }
    const model = { dependency: 'openai', kind: 'llm' }
    const hoursAgo = (now - minute) / HOUR_MS
    const isOut = hoursAgo <= 4 && hoursAgo > 3.4
    return [
      gauge('rag_build_info', 1, { version: '0.1.0', revision: revisionAt(service, hoursAgo) }),
      gauge('rag_requests_in_flight', 6 * busy + 4 * chance(index, 61) + (isOut ? 9 : 0)),
      gauge('rag_llm_rate_limit_remaining', 200_000 - 140_000 * busy, limit),
      gauge('rag_llm_rate_limit_max', 200_000, limit),
      gauge('rag_cache_entries', 4000 + index * 12, { cache: 'embedding' }),
      gauge('rag_memory_facts', 900 + index * 2, { fact_type: 'episodic' }),
      gauge('rag_memory_facts', 320 + index, { fact_type: 'semantic' }),
      gauge('rag_vector_store_points', 48_000 + index * 40, { store: 'qdrant', collection: 'docs' }),
      gauge('rag_graph_store_entities', 5200 + index * 3, { store: 'neo4j' }),
      gauge('rag_graph_store_relations', 16_400 + index * 9, { store: 'neo4j' }),
      gauge('rag_dependency_up', 1, vector),
      gauge('rag_dependency_up', isOut ? 0 : 1, model),
      gauge('rag_dependency_up', 1, { dependency: 'redis', kind: 'cache' }),
      counter('rag_dependency_requests_total', 40 * busy, { ...vector, status: 'success' }),
      counter('rag_dependency_requests_total', isOut ? 9 : 0, { ...model, status: 'error' }),
      counter('rag_traces_total', 30 * busy, { decision: 'not_sampled' }),
      counter('rag_traces_total', 4 * busy, { decision: 'head' }),
      counter('rag_traces_total', isOut ? 8 : 1, { decision: 'error' }),
      counter('rag_telemetry_dropped_total', isOut ? 7 : 0, { reason: 'queue_full' }),
      counter('rag_http_requests_total', 40 * busy, { method: 'POST', route: '/ask', code: '200' }),
      counter('rag_http_requests_total', 12 * busy, { method: 'GET', route: '/search', code: '200' }),
    ]
  })
}

function revisionAt(service: string, hoursAgo: number): string {
  if (service !== 'docs-assistant') return '2.0.3'
  return RELEASES.findLast(({ fromHours }) => hoursAgo <= fromHours)?.release ?? '1.4.2'
}

function client(name: string): object {
  return { name: '@ragmeter/sdk', version: '0.1.0', instance: `${name}-7f0c2a` }
}

/** Sends them as processes with the SDK do: one lost a batch, one dropped traces, one sent twice, one said goodbye. */
export async function sendTelling(url: string, now: number): Promise<void> {
  const load = tellingLoad(now)
  for (const service of TELLING_SERVICES) {
    const resource = { service, environment: 'production' }
    const batches: object[] = [{ measurements: factsOf(service, now) }]
    const traces = load.filter((trace) => trace['service'] === service)
    for (let start = 0; start < traces.length; start += BATCH_TRACES)
      batches.push({ traces: traces.slice(start, start + BATCH_TRACES) })
    for (const [index, batch] of batches.entries()) {
      const sealed = { client: client(service), resource, sequence: index + 1, ...batch }
      await postBatch(url, sealed)
      if (service === 'support-chat' && index < 2) await postBatch(url, sealed)
    }
    if (service === 'docs-assistant') {
      const afterALoss = { client: client(service), resource, sequence: batches.length + 2, measurements: [] }
      await postBatch(url, { ...afterALoss, dropped: { queue_full: 42 } })
    }
  }
  await send(url, retrievalLoad(now, HOURS, 60))
  const refused = { id: 'refused', total_latency_ms: -1 }
  const sent = { client: client('crawler'), resource: { service: 'search-api' } }
  await postBatch(url, { ...sent, sequence: 1, traces: [refused], measurements: [] })
  const ended = {
    client: { ...client('import-job'), name: 'import-job' },
    resource: { service: 'import-job' },
    measurements: [],
  }
  await postBatch(url, { ...ended, sequence: 1, closed: true })
}
