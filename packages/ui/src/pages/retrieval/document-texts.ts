/** What an answer about documents says, in sentences and as CSV. Pure. */
import { csvOf } from '../../lib/csv.ts'
import { formatValue } from '../../lib/format.ts'
import type { DocumentsAnswer, DocumentUsage } from './retrieval-queries.ts'
import type { Order } from './retrieval-state.ts'

export const ORDER_NAMES: Readonly<Record<Order, string>> = {
  retrieved: 'Most retrieved',
  never_cited: 'Never cited',
  bad: 'Bad outcomes',
}

export const ORDER_NOTES: Readonly<Record<Order, string>> = {
  retrieved: 'Most retrieved first.',
  never_cited:
    'Retrieved, but never cited; where no trace states citations, never in a prompt. They cost places that others could have.',
  bad: 'In the prompt of requests that failed or were rated thumbs down, those first that are most surely worse than the average.',
}

export const NO_ROWS: Readonly<Record<Order, string>> = {
  retrieved: 'No document was retrieved',
  never_cited: 'Every document was cited',
  bad: 'No document was in the prompt of a request with a bad outcome',
}

/** What the table does not show. */
export function documentNotes(answer: DocumentsAnswer): string[] {
  const { others, uncounted, with_ids: withIds, based_on: basis } = answer
  const notes: string[] = []
  if (others.documents > 0) {
    notes.push(
      `${count(others.documents)} other documents, retrieved ${count(others.retrieved)} times, are not shown; the file has the first 1,000.`,
    )
  }
  if (uncounted > 0) {
    notes.push(
      `${count(uncounted)} retrievals of rarer documents are not counted: there are too many of them.`,
    )
  }
  if (answer.average_bad_share !== null) {
    notes.push(
      `Bad outcomes: ${formatValue(answer.average_bad_share, 'ratio')} of all these requests. A document is called worse where the lower end of the 95% interval of its share (Wilson) is above that.`,
    )
  }
  if (!answer.states_use) {
    notes.push(
      'No trace states which documents were in the prompt: trace.recordUsed(ids) does. Outcomes are those of all requests that retrieved the document.',
    )
  }
  if (!answer.states_citations) {
    notes.push('No trace states which documents the answer cites: trace.recordCitations(ids) does.')
  }
  if (withIds.traces < basis.traces) {
    notes.push(`${count(basis.traces - withIds.traces)} of the traces do not name their documents.`)
  }
  return notes
}

/** Whether its outcomes are worse than the average by more than chance. */
export function isWorse({ outcomes }: DocumentUsage, average: number | null): boolean {
  return outcomes.bad_share_low !== null && average !== null && outcomes.bad_share_low > average
}

export function documentsCsv({ documents, others }: DocumentsAnswer): string {
  return csvOf(
    [
      'service',
      'document',
      'retrieved',
      'kept_traces',
      'in_prompt',
      'cited',
      'average_position',
      'average_rank',
      'average_score',
      'requests_that_used_it',
      'bad_outcomes',
      'bad_share',
      'bad_share_low',
      'last_seen',
      'last_trace',
      'last_bad_trace',
    ],
    [
      ...documents.map(({ outcomes, ...document }) => [
        document.service,
        document.id,
        document.retrieved.estimate,
        document.retrieved.traces,
        document.in_prompt,
        document.cited,
        document.average_position,
        document.average_rank,
        document.average_score,
        outcomes.estimate,
        outcomes.bad,
        outcomes.bad_share,
        outcomes.bad_share_low,
        new Date(document.last_seen).toISOString(),
        document.last_trace,
        document.last_bad_trace,
      ]),
      ...(others.documents === 0
        ? []
        : [
            [
              '(others)',
              `${others.documents} documents`,
              others.retrieved,
              ...Array.from({ length: 13 }, () => ''),
            ],
          ]),
    ],
  )
}

function count(value: number): string {
  return formatValue(value, 'count')
}
