/** Batches as clients send them. */

export interface BatchAnswer {
  accepted: number
  dropped: number
  duplicate?: boolean
  rejected_measurements: number
}

/** @throws Error if the daemon did not answer 200, or refused measurements */
export async function postBatch(url: string, batch: object): Promise<BatchAnswer> {
  const response = await fetch(`${url}/ingest`, { method: 'POST', body: JSON.stringify(batch) })
  const answer = (await response.json()) as BatchAnswer
  if (response.status !== 200 || answer.rejected_measurements > 0)
    throw new Error(`refused with ${response.status}: ${JSON.stringify(answer).slice(0, 400)}`)
  return answer
}
