import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { MonitorClient, PriceOverride } from '@ragmeter/sdk'

import type { Answer, Answerer } from './answer.ts'
import { createAnswerCache } from './answer-cache.ts'
import { createAssistant } from './assistant.ts'
import { createChatAnswerer } from './chat-answer.ts'
import type { ServeCommand } from './command-line.ts'
import { readCorpus } from './corpus.ts'
import { createExtractiveAnswerer } from './extract-answer.ts'
import { createHttpServer } from './http-server.ts'
import { questionsPath, readQuestions } from './questions.ts'
import { createSearchIndex } from './search-index.ts'
import type { SearchIndex } from './search-index.ts'
import { simulateLatency } from './simulated-latency.ts'

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

/** Builds the assistant from the documentation and serves it on 127.0.0.1. */
export async function serve(
  command: ServeCommand,
  monitor: MonitorClient,
  environment: NodeJS.ProcessEnv,
): Promise<Service> {
  const index = createSearchIndex(await readCorpus(command.root ?? thisCheckout))
  const questions = await readQuestions(questionsPath)
  const answerer = chooseAnswerer(index, environment)
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
  return { url, close: async () => app.close() }
}

function chooseAnswerer(index: SearchIndex, environment: NodeJS.ProcessEnv): Answerer {
  // A variable that is set to nothing is not set.
  const [model, baseUrl, apiKey] = ['OPENAI_MODEL', 'OPENAI_BASE_URL', 'OPENAI_API_KEY'].map(
    (name) => environment[name] || undefined,
  )
  if (model === undefined) return createExtractiveAnswerer(index.weightOf)
  return createChatAnswerer({
    baseUrl: baseUrl ?? 'https://api.openai.com/v1',
    model,
    apiKey,
    fetch: globalThis.fetch,
  })
}
