/** What one copies to send the first trace. */

export interface Snippet {
  value: string
  label: string
  intro: string
  code: string
}

/** @param url where this page, and so the daemon, is reached */
export function snippetsFor(url: string, isTokenRequired: boolean): readonly Snippet[] {
  return [
    callback(url, isTokenRequired),
    manual(url, isTokenRequired),
    http(url, isTokenRequired),
    prometheus(url, isTokenRequired),
  ]
}

function client(url: string, isTokenRequired: boolean): string {
  const token = isTokenRequired ? '\n  token: process.env.RAGMETER_TOKEN,' : ''
  return `import { MonitorClient } from '@ragmeter/sdk'

const monitor = new MonitorClient({
  endpoint: '${url}',
  service: 'my-service',${token}
})`
}

function callback(url: string, isTokenRequired: boolean): Snippet {
  return {
    value: 'callback',
    label: 'TypeScript',
    intro:
      'npm install @ragmeter/sdk. Wrap what answers a question; results and errors pass through unchanged.',
    code: `${client(url, isTokenRequired)}

const answer = await monitor.trace(question, { operation: 'ask' }, async (trace) => {
  const documents = await trace.retrieval({ retriever: 'bm25' }, () => index.search(question))
  return trace.generation({ provider: 'openai', model: 'gpt-4o' }, () => llm(question, documents))
})

await monitor.close() // when the process ends
`,
  }
}

function manual(url: string, isTokenRequired: boolean): Snippet {
  return {
    value: 'manual',
    label: 'TypeScript, by hand',
    intro: 'Where there is no function to wrap: start a trace, record what happened, end it.',
    code: `${client(url, isTokenRequired)}

const trace = monitor.startTrace(question, { operation: 'ask' })
trace.recordRetrieval({ retriever: 'bm25', latencyMs: 42, count: 5, scores: [0.91, 0.83] })
trace.recordGeneration({
  provider: 'openai', model: 'gpt-4o', latencyMs: 830, inputTokens: 1200, outputTokens: 180,
})
trace.end()
`,
  }
}

function http(url: string, isTokenRequired: boolean): Snippet {
  const header = isTokenRequired ? `\n  -H "Authorization: Bearer $RAGMETER_TOKEN" \\` : ''
  return {
    value: 'http',
    label: 'HTTP',
    intro: 'Any language: one POST with JSON. Answered with 200 once it is on disk.',
    code: `curl ${url}/ingest \\${header}
  -H 'Content-Type: application/json' \\
  -d '{"traces": [{
    "id": "'$(uuidgen)'",
    "timestamp": "'$(date -u +%FT%TZ)'",
    "service": "my-service",
    "operation": "ask",
    "total_latency_ms": 912,
    "status": "success",
    "retrieval": {"retriever": "bm25", "latency_ms": 42, "count": 5, "scores": [0.91, 0.83, 0.77, 0.64, 0.6]},
    "generations": [{"provider": "openai", "model": "gpt-4o", "latency_ms": 830, "input_tokens": 1200, "output_tokens": 180}]
  }]}'
`,
  }
}

function prometheus(url: string, isTokenRequired: boolean): Snippet {
  const { host, protocol } = new URL(url)
  const authorisation = isTokenRequired
    ? `
    authorization:
      credentials_file: /etc/prometheus/ragmeter-token`
    : ''
  return {
    value: 'prometheus',
    label: 'Prometheus',
    intro: 'Scrape the daemon. honor_labels keeps the service that each series belongs to.',
    code: `scrape_configs:
  - job_name: ragmeter
    scheme: ${protocol.replace(':', '')}
    honor_labels: true
    static_configs:
      - targets: ['${host}']${authorisation}
`,
  }
}
