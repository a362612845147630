/** What an asker sends. */
export interface Question {
  readonly question: string
  readonly org: string
  /** How many tokens the answer had in the replayed trace; only a service with simulated latency looks at it. */
  readonly replayedOutputTokens: number
}

export type AskOutcome = 'answered' | 'notFound' | 'failed'

export const replayedOutputTokensHeader = 'x-replayed-output-tokens'

const responseTimeoutMs = 90_000

export interface Asker {
  /** Never rejects: an error, a refusal and a service that is not there all count as failed. */
  readonly ask: (question: Question) => Promise<AskOutcome>
  /** Gives up every question that still waits for its answer. */
  readonly hangUp: () => void
}

/** Asks over HTTP like any client. */
export function createAsker(serviceUrl: string, fetch: typeof globalThis.fetch): Asker {
  const waiting = new Set<AbortController>()

  const post = async (
    { question, org, replayedOutputTokens }: Question,
    signal: AbortSignal,
  ): Promise<AskOutcome> => {
    const response = await fetch(new URL('/ask', serviceUrl), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        [replayedOutputTokensHeader]: String(replayedOutputTokens),
      },
      body: JSON.stringify({ question, org }),
      signal,
    })
    const body: unknown = await response.json()
    if (!response.ok || typeof body !== 'object' || body === null || !('found' in body)) return 'failed'
    return body.found === true ? 'answered' : 'notFound'
  }

  return {
    ask: async (question) => {
      const controller = new AbortController()
      const timer = setTimeout(() => controller.abort(), responseTimeoutMs)
      waiting.add(controller)
      try {
        return await post(question, controller.signal)
      } catch {
        return 'failed'
      } finally {
        clearTimeout(timer)
        waiting.delete(controller)
      }
    },
    hangUp: () => {
      for (const controller of waiting) controller.abort()
    },
  }
}
