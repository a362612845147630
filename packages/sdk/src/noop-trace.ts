/** The trace of a disabled client: it runs what it is given and keeps nothing. */
import type { Trace } from './trace.ts'

export const NOOP_TRACE: Trace = {
  isSampled: false,
  traceId: '',
  requestId: '',
  org: undefined,
  recordRetrieval: nothing,
  recordUsed: nothing,
  recordCitations: nothing,
  recordRerank: nothing,
  recordGeneration: nothing,
  recordStage: nothing,
  recordCache: nothing,
  recordQuality: nothing,
  recordAnswer: nothing,
  recordError: nothing,
  addMetadata: nothing,
  setOrg: nothing,
  setUser: nothing,
  setSession: nothing,
  setIntent: nothing,
  force: nothing,
  retrieval: (_options, run) => run(),
  rerank: (_options, run) => run(),
  generation: (_options, run) => run(),
  stage: (_stage, run) => run(),
  headers: () => ({}),
  run: (run) => run(),
  end: nothing,
  [Symbol.dispose]: nothing,
}

function nothing(): void {}
