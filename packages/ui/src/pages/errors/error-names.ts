/** What the types of errors mean. The names are those of the wire and of /metrics. */

const MEANINGS: Readonly<Record<string, string>> = {
  timeout: 'A stage or the whole request ran out of time',
  rate_limited: 'A provider refused for too many requests or tokens',
  llm_error: 'A model call failed',
  embedding_error: 'The query could not be embedded',
  retrieval_error: 'The search for documents failed',
  database_error: 'A database failed',
  cache_error: 'A cache failed',
  validation_error: 'The request, or an answer, did not have the right form',
  guardrail_blocked: 'A guardrail refused the question or the answer',
  internal: 'The application itself failed',
  other: 'What no other type names',
}

export function meaningOf(type: string): string {
  return MEANINGS[type] ?? 'Type not stated'
}

/** `in retrieval of docs-assistant`; what is not stated is left out. */
export function placeText(stage: string, service: string): string {
  const names = [stage.replaceAll('_', ' '), service].filter((name) => name !== '')
  return names.length === 0 ? 'without a stage or a service' : `in ${names.join(' of ')}`
}
