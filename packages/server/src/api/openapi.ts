/** GET /api/v1/openapi.json: the document that follows from the schemas of the routes. */
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

/** To be called before the routes are added. */
export async function registerOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'ragmeter',
        version,
        description:
          'Production monitoring for RAG applications. Moments in answers are epoch milliseconds UTC. Ranges are half-open.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      tags: [
        { name: 'ingest', description: 'Taking data in.' },
        { name: 'queries', description: 'Asking for it.' },
        { name: 'metrics', description: 'For Prometheus.' },
        { name: 'health', description: 'About the daemon.' },
      ],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }, {}],
    },
  })
  app.get('/api/v1/openapi.json', { schema: { hide: true } }, () => app.swagger())
}
