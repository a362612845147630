import { notFoundText } from './answer.ts'
import type { Answer, Answerer, Evidence } from './answer.ts'

const responseTimeoutMs = 60_000
const errorBodyCharactersMax = 300

const instructions = [
  'You answer questions about ragmeter from the numbered passages of its documentation, and from nothing else.',
  'Answer in at most four sentences. After each sentence cite its passages by number, like [1] or [2][3].',
  `If the passages do not answer the question, reply exactly: ${notFoundText}`,
].join(' ')

export interface ChatSettings {
  /** Of any endpoint that speaks OpenAI's chat completions, e.g. `https://api.openai.com/v1`. */
  readonly baseUrl: string
  readonly model: string
  /** Local endpoints often need none. */
  readonly apiKey: string | undefined
  readonly fetch: typeof globalThis.fetch
  /** Gets what each response says is left of a quota. */
  readonly onQuota: (quota: Quota) => void
}

export interface Quota {
  readonly limit: 'requests' | 'tokens'
  readonly remaining: number
  readonly max: number
}

/** The endpoint is out of reach, refused or failed. */
export class ChatEndpointError extends Error {
  override readonly name = 'ChatEndpointError'
  /** Its HTTP status, if it answered: 429 means that it asks for fewer requests. */
  readonly status: number | undefined

  constructor(message: string, status?: number, cause?: unknown) {
    super(`${message} Check OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL.`, { cause })
    this.status = status
  }
}

/** The part of a chat completion that is read here; everything may be missing from a stranger's answer. */
interface ChatCompletion {
  readonly choices?: readonly { readonly message?: { readonly content?: string | null } }[]
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number }
}

/** Answers with a language model behind any OpenAI-compatible endpoint. */
export function createChatAnswerer(settings: ChatSettings): Answerer {
  return {
    provider: 'openai',
    model: settings.model,
    answer: async (evidence, { signal }) => {
      const timeout = AbortSignal.timeout(responseTimeoutMs)
      const completion = await complete(
        settings,
        promptOf(evidence),
        signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      )
      return toAnswer(completion, evidence)
    },
  }
}

async function complete(
  settings: ChatSettings,
  prompt: string,
  signal: AbortSignal,
): Promise<ChatCompletion> {
  const { baseUrl, model, apiKey } = settings
  const response = await settings
    .fetch(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({
        model,
        messages: [
          { role: 'system', content: instructions },
          { role: 'user', content: prompt },
        ],
      }),
      signal,
    })
    .catch((error: unknown) => {
      // An asker who hung up, or the time limit, is not the endpoint's failure to connect.
      if (signal.aborted) throw error
      throw new ChatEndpointError(`${baseUrl} is out of reach.`, undefined, error)
    })
  for (const quota of quotasOf(response.headers)) settings.onQuota(quota)
  if (!response.ok) {
    const body = (await response.text()).slice(0, errorBodyCharactersMax)
    throw new ChatEndpointError(`${baseUrl} answered ${response.status}: "${body}".`, response.status)
  }
  return (await response.json()) as ChatCompletion
}

/** As OpenAI and those who copy its interface state them; an endpoint without quotas states none. */
function quotasOf(headers: Headers): Quota[] {
  return (['requests', 'tokens'] as const).flatMap((limit) => {
    const [remaining, max] = ['remaining', 'limit'].map((what) => headers.get(`x-ratelimit-${what}-${limit}`))
    if (!remaining || !max || !/^\d+$/.test(remaining) || !/^\d+$/.test(max)) return []
    return [{ limit, remaining: Number(remaining), max: Number(max) }]
  })
}

function promptOf({ question, passages }: Evidence): string {
  const numbered = passages.map(
    ({ chunk }, index) => `[${index + 1}] ${chunk.headings.join(' > ')}\n${chunk.text}`,
  )
  return `${numbered.join('\n\n')}\n\nQuestion: ${question}`
}

/** Numbers in brackets become the ids of their passages; a number without a passage cites nothing. */
function toAnswer(completion: ChatCompletion, { passages }: Evidence): Answer {
  const content = completion.choices?.[0]?.message?.content?.trim() ?? ''
  const found = content !== '' && !content.startsWith(notFoundText)
  const cited = Array.from(content.matchAll(/\[(\d+)\]/g), ([, number]) => passages[Number(number) - 1]?.id)
  const { prompt_tokens: input, completion_tokens: output } = completion.usage ?? {}
  return {
    text: found ? content : notFoundText,
    citations: found ? [...new Set(cited.filter((id) => id !== undefined))] : [],
    found,
    ...(input === undefined || output === undefined
      ? {}
      : { usage: { input_tokens: input, output_tokens: output } }),
  }
}
