import { termsOf } from './words.ts'

/** What a query looks for: any of these words. The first is the asker's own. */
export interface QueryConcept {
  readonly term: string
  readonly synonyms: readonly string[]
}

/**
 * Words the askers use for what the documentation calls otherwise, as groups that mean the same here. Kept short
 * and by hand: each entry answers a question that failed without it.
 */
const synonymGroups: readonly (readonly string[])[] = [
  ['cost', 'price', 'spend', 'money', 'expensive', 'bill', 'charge'],
  ['latency', 'duration', 'slow', 'fast', 'speed'],
  ['org', 'organisation', 'organization', 'tenant', 'customer', 'company'],
  ['install', 'setup', 'begin', 'npm'],
  ['daemon', 'server', 'process'],
  ['error', 'failure', 'failed', 'exception'],
  ['retention', 'keep', 'kept', 'delete', 'expire'],
  ['privacy', 'pii', 'personal', 'gdpr', 'hash'],
  ['version', 'release'],
  ['configure', 'option', 'setting', 'variable'],
  ['crash', 'kill', 'restart'],
  ['disk', 'database', 'storage', 'sqlite'],
  ['dashboard', 'panel', 'grafana'],
  ['licence', 'license'],
  ['vulnerability', 'security'],
  ['javascript', 'typescript', 'node'],
]

const synonymsByTerm = groupsByTerm()

/**
 * Turns a question into the concepts worth searching for: stop words go, each word is stemmed, repeats count once,
 * and words with a known synonym bring it along.
 */
export function rewriteQuery(question: string): QueryConcept[] {
  return [...new Set(termsOf(question))].map((term) => ({ term, synonyms: synonymsByTerm.get(term) ?? [] }))
}

function groupsByTerm(): ReadonlyMap<string, readonly string[]> {
  const synonyms = new Map<string, readonly string[]>()
  for (const group of synonymGroups) {
    const terms = group.flatMap(termsOf)
    for (const term of terms)
      synonyms.set(
        term,
        terms.filter((other) => other !== term),
      )
  }
  return synonyms
}
