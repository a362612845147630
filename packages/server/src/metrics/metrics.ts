/** Stage 5a of 5. Committed measurements -> lifetime totals -> the page Prometheus reads. */
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { CONTENT_TYPES, negotiateFormat } from '@ragmeter/core'
import type { FastifyInstance } from 'fastify'
import type { StageReport } from '../lib/stage-report.ts'
import type { MetricsPage } from './metrics-page.ts'

export { watchEventLoop } from './event-loop-lag.ts'
export { LifetimeMetrics } from './lifetime-metrics.ts'
export { MetricsPage } from './metrics-page.ts'
export { SelfMetrics } from './self-metrics.ts'

const gzipAsync = promisify(gzip)
/** The fastest level takes a tenth of the time of the default for a page a few per cent larger. */
const COMPRESSION = { level: 1 }
/** Below this a page is one packet anyway. */
const COMPRESSED_BYTES_MIN = 1400

const SCHEMA = {
  operationId: 'getMetrics',
  tags: ['metrics'],
  summary: 'Metrics for Prometheus',
  description:
    'Prometheus text format, or OpenMetrics 1.0 with exemplars for a scraper that accepts application/openmetrics-text.',
  response: { 200: { description: 'The page.', content: { 'text/plain': { schema: { type: 'string' } } } } },
} as const

/** Adds GET /metrics. */
export function registerMetrics(app: FastifyInstance, page: MetricsPage, report: StageReport): void {
  app.get('/metrics', { schema: SCHEMA }, async (request, reply) => {
    const began = performance.now()
    const format = negotiateFormat(request.headers.accept)
    const body = await page.render(format)
    void reply.header('content-type', CONTENT_TYPES[format]).header('vary', 'accept, accept-encoding')
    const compressed = body.length >= COMPRESSED_BYTES_MIN && acceptsGzip(request.headers['accept-encoding'])
    const answer = compressed ? await gzipAsync(body, COMPRESSION) : body
    if (compressed) void reply.header('content-encoding', 'gzip')
    report.accepted(1)
    report.took(performance.now() - began)
    return answer
  })
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  return String(header ?? '')
    .split(',')
    .some((coding) => {
      const [name = '', quality = ''] = coding.split(';').map((part) => part.trim().toLowerCase())
      return name === 'gzip' && !/^q=0(?:\.0*)?$/.test(quality)
    })
}
