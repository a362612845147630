import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { MonitorClient, PriceOverride } from '@ragmeter/sdk'

import type { Answer, Answerer } from './answer.ts'
import { createAnswerCache } from './answer-cache.ts'
import { createAssistant, indexDependency } from './assistant.ts'
import { createChatAnswerer } from './chat-answer.ts'
import type { IndexCommand, ServeCommand } from './command-line.ts'
import { readCorpus } from './corpus.ts'
import { extractiveAnswerer } from './extract-answer.ts'
import { createHttpServer } from './http-server.ts'
import { createIndexClient, createIndexServer } from './index-service.ts'
import { questionsPath, readQuestions } from './questions.ts'
import { createSearchIndex } from './search-index.ts'
import type { SearchIndex } from './search-index.ts'
import { simulateLatency } from './simulated-latency.ts'

const probeIntervalMs = 5_000
const thisCheckout = fileURLToPath(new URL('../../..', import.meta.url))

/** Quoting costs nothing: a price that is known, and 0, because it is stated here. */
export const localPrices: readonly PriceOverride[] = [
  { provider: 'local', model: 'extractive*', inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
]

export interface Service {
  readonly url: string
  /** Answers what is under way, then stops. */
  readonly close: () => Promise<void>
}

/** Builds the index over the documentation and serves it alone on 127.0.0.1. */
export async function serveIndex({ port, root }: IndexCommand): Promise<Service> {
  const app = createIndexServer(createSearchIndex(await readCorpus(root ?? thisCheckout)))
  const url = await app.listen({ host: '127.0.0.1', port })
  return { url, close: async () => app.close() }
}

/** Builds the assistant and serves it on 127.0.0.1. */
export async function serve(
  command: ServeCommand,
  monitor: MonitorClient,
  environment: NodeJS.ProcessEnv,
): Promise<Service> {
  const index =
    command.indexUrl === undefined
      ? createSearchIndex(await readCorpus(command.root ?? thisCheckout))
      : createIndexClient(command.indexUrl, globalThis.fetch)
  const questions = await readQuestions(questionsPath)
  const answerer = chooseAnswerer(monitor, environment)
  const assistant = createAssistant({
    index,
    answerer: command.simulateLatency
      ? simulateLatency(answerer, (durationMs, signal) =>
          sleep(durationMs, undefined, signal === undefined ? {} : { signal }),
        )
      : answerer,
    cache: createAnswerCache<Answer>({ now: () => performance.now() }),
    monitor,
    publishedQuestions: new Set([...questions.answerable, ...questions.unanswerable]),
  })
  const app = createHttpServer({
    assistant,
    newRequestId: randomUUID,
    reportError: (error) => console.error(error),
  })
  const url = await app.listen({ host: '127.0.0.1', port: command.port })
  const endProbe = probe(index, monitor)
  return {
    url,
    close: async () => {
      endProbe()
      await app.close()
    },
  }
}

/** Says at once and every few seconds whether the index is up, also while nobody asks anything. */
function probe(index: SearchIndex, monitor: MonitorClient): () => void {
  const look = async () => monitor.dependencyUp(indexDependency, await index.isUp())
  void look()
  const timer = setInterval(() => void look(), probeIntervalMs)
  return () => clearInterval(timer)
}

function chooseAnswerer(monitor: MonitorClient, environment: NodeJS.ProcessEnv): Answerer {
  // A variable that is set to nothing is not set.
  const [model, baseUrl, apiKey] = ['OPENAI_MODEL', 'OPENAI_BASE_URL', 'OPENAI_API_KEY'].map(
    (name) => environment[name] || undefined,
  )
  if (model === undefined) return extractiveAnswerer
  const answerer = createChatAnswerer({
    baseUrl: baseUrl ?? 'https://api.openai.com/v1',
    model,
    apiKey,
    fetch: globalThis.fetch,
    onQuota: (quota) => monitor.setRateLimit({ provider: answerer.provider, model, ...quota }),
  })
  return answerer
}
