/**
 * A stand-in for a language model behind OpenAI's chat completions, since no real one can run here: it quotes the first
 * passage of its prompt, states its quota as OpenAI does, and is slow or out of quota when it is told to be.
 */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const QUOTA_MAX = 500

export interface LanguageModel extends AsyncDisposable {
  /** Of the endpoint, as in `OPENAI_BASE_URL`. */
  readonly url: string
  /** How long each answer takes. */
  delayMs: number
  /** Requests left of 500, as its headers say; 0 refuses every request with 429, as when others use the quota up. */
  quotaLeft: number
}

interface ChatRequest {
  messages: { content: string }[]
}

function words(text: string): number {
  return text.split(/\s+/).length
}

function completionOf({ messages }: ChatRequest): unknown {
  const prompt = messages.map(({ content }) => content).join('\n')
  const [, passage = ''] = /\[1\] .*\n([^]*?)(?:\n\n|$)/.exec(messages.at(-1)?.content ?? '') ?? []
  const content = `${passage.split('. ')[0] ?? ''} [1].`
  return {
    choices: [{ message: { role: 'assistant', content } }],
    usage: { prompt_tokens: words(prompt), completion_tokens: words(content) },
  }
}

async function readJson(request: IncomingMessage): Promise<ChatRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest
}

export async function startLanguageModel(): Promise<LanguageModel> {
  const state = { delayMs: 0, quotaLeft: QUOTA_MAX }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const asked = await readJson(request)
    response.setHeader('content-type', 'application/json')
    response.setHeader('x-ratelimit-limit-requests', QUOTA_MAX)
    response.setHeader('x-ratelimit-remaining-requests', state.quotaLeft)
    if (state.quotaLeft === 0) {
      response.statusCode = 429
      response.end(JSON.stringify({ error: { code: 'rate_limit_exceeded' } }))
      return
    }
    await sleep(state.delayMs)
    response.end(JSON.stringify(completionOf(asked)))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
