/** Which alerts say nothing new beside others. The daemon works with it; `deploy/alertmanager` says the same. */

/**
 * Labels that name a part of what a service does. A worse alert of the same family on one of them, or on the whole service,
 * is enough; all other labels tell apart what has nothing to do with each other, such as two caches.
 */
export const PART_LABELS: readonly string[] = ['stage', 'route', 'org']

/** Alerts by the one that explains them: what is down makes fail and wait what needs it, in the same service. */
export const EXPLAINED_BY: ReadonlyMap<string, string> = new Map([
  ['RagHighRetrievalLatency', 'RagDatabaseDown'],
  ['RagEmptyRetrievals', 'RagDatabaseDown'],
  ['RagHighLlmErrorRate', 'RagLlmServiceDown'],
  ['RagHighGenerationLatency', 'RagLlmServiceDown'],
])
