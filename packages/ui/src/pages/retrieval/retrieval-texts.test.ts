import { describe, expect, it } from 'vitest'
import { basisText } from './basis-note.tsx'
import { documentNotes, documentsCsv, isWorse } from './document-texts.ts'
import { filterOfGap, gapsCsv, lowScoreText, othersText, summaryText } from './gap-texts.ts'
import type { DocumentsAnswer, DocumentUsage, Gap, GapsAnswer } from './retrieval-queries.ts'

const BASIS = { traces: 10, estimate: 40, matching: 10, matching_complete: true, since: 0 }
const REASONS = { empty: 0, low_score: 0, failed: 0, negative_feedback: 0 }
const GAP: Gap = {
  service: 'docs',
  query_hash: 'ab12',
  text: '=HYPERLINK("x")',
  bad: { traces: 2, estimate: 8 },
  asked: { traces: 3, estimate: 12 },
  reasons: { ...REASONS, empty: 8, failed: 1 },
  average_top_score: null,
  last_seen: 0,
  last_trace: 't',
  trend: [8],
}
const GAPS: GapsAnswer = {
  based_on: BASIS,
  thresholds: [
    { service: 'docs', retriever: 'bm25', below: 12.345, traces: 100 },
    { service: 'docs', retriever: '', below: null, traces: 3 },
  ],
  thresholds_omitted: 2,
  trend: { from: 0, to: 1, steps: 1 },
  gaps: [GAP],
  others: { queries: 0, traces: 0, estimate: 0 },
  ungrouped: { traces: 0, estimate: 0 },
  total: { traces: 3, estimate: 10, reasons: { ...REASONS, empty: 8, failed: 3 } },
}
const DOCUMENT: DocumentUsage = {
  service: 'docs',
  id: 'a.md',
  retrieved: { traces: 2, estimate: 8 },
  in_prompt: null,
  cited: null,
  average_position: 1,
  average_rank: null,
  average_score: null,
  outcomes: { traces: 2, estimate: 8, bad: 4, bad_share: 0.5, bad_share_low: 0.2 },
  last_seen: 0,
  last_trace: 't',
  last_bad_trace: null,
}
const DOCUMENTS: DocumentsAnswer = {
  based_on: BASIS,
  with_ids: { traces: 10, estimate: 40 },
  states_use: true,
  states_citations: true,
  average_bad_share: 0.1,
  documents_total: 1,
  documents_matching: 1,
  documents: [DOCUMENT],
  others: { documents: 0, retrieved: 0 },
  uncounted: 0,
}

describe('basisText', () => {
  it('says of how many, since when, and for how many requests', () => {
    expect(basisText(BASIS, 'kept traces', '12:00')).toBe(
      'Estimated from all 10 kept traces of the range, which stand for about 40 requests.',
    )
    expect(basisText({ ...BASIS, estimate: 10, matching: 1200 }, 'kept traces', '12:00')).toBe(
      'Estimated from the newest 10 of 1,200 kept traces, since 12:00.',
    )
    expect(basisText({ ...BASIS, matching: 100_000, matching_complete: false }, 'traces', '12:00')).toContain(
      'of more than 100,000 traces',
    )
  })
})

describe('summaryText', () => {
  it('says how many requests show which signs, the most frequent first', () => {
    expect(summaryText(GAPS, undefined)).toBe(
      '10 of 40 requests (25.0%) show a sign of a gap: 8 empty, 3 failed. A request can show several.',
    )
    expect(summaryText(GAPS, 'empty')).toBe('10 of 40 requests (25.0%) show this sign: empty.')
  })
})

describe('othersText', () => {
  it('counts what is not shown, and says where texts come from if there are none', () => {
    expect(othersText(GAPS)).toEqual([])
    const texts = othersText({
      ...GAPS,
      gaps: [{ ...GAP, text: null }],
      others: { queries: 7, traces: 7, estimate: 28 },
      ungrouped: { traces: 1, estimate: 4 },
    })
    expect(texts[0]).toContain('7 other queries with 28 requests')
    expect(texts[1]).toContain('4 requests more have neither')
    expect(texts[2]).toContain('addMetadata("question", text)')
  })
})

describe('lowScoreText', () => {
  it('says what it came to for each retriever, and counts those that are not named', () => {
    expect(lowScoreText(GAPS, { quantile: 0.1 }, true)).toContain(
      'lowest 10% of its service and retriever: docs bm25 12.3, and 3 more.',
    )
    expect(lowScoreText(GAPS, { quantile: 0.1 }, false)).toContain(': bm25 12.3,')
    expect(lowScoreText({ ...GAPS, thresholds: [] }, { quantile: 0.1 }, true)).toContain(
      'nothing has the 20 scores',
    )
    expect(lowScoreText(GAPS, { below: 0.4 }, true)).toContain('below 0.4.')
  })
})

describe('gapsCsv', () => {
  it('has every number in full, names of strangers harmless, and the others last', () => {
    const lines = gapsCsv({ ...GAPS, others: { queries: 2, traces: 3, estimate: 12 } }).split('\r\n')
    expect(lines[0]).toBe(
      'service,query_hash,text,requests,kept_traces,asked,empty,low_score,failed,negative_feedback,average_top_score,last_seen,last_trace',
    )
    expect(lines[1]).toBe(`docs,ab12,"'=HYPERLINK(""x"")",8,2,12,8,0,1,0,,1970-01-01T00:00:00.000Z,t`)
    expect(lines[2]).toMatch(/^\(others\),,2 queries,12,3,/)
    expect(
      new Set(
        lines
          .slice(0, 1)
          .concat(lines[2] ?? '')
          .map((line) => line.split(',').length),
      ).size,
    ).toBe(1)
  })
})

describe('filterOfGap', () => {
  it('finds the query by its hash, or by its text where there is no hash', () => {
    expect(filterOfGap(GAP, undefined)).toBe('query_hash:ab12 service:docs')
    expect(filterOfGap({ ...GAP, query_hash: null, text: 'a "b"', service: 'my docs' }, 'bm25')).toBe(
      String.raw`metadata.question:"a \"b\"" service:"my docs" retriever:bm25`,
    )
  })
})

describe('documentNotes', () => {
  it('says what is not stated, not shown and not counted', () => {
    expect(documentNotes(DOCUMENTS)).toHaveLength(1)
    const notes = documentNotes({
      ...DOCUMENTS,
      states_use: false,
      states_citations: false,
      with_ids: { traces: 4, estimate: 4 },
      others: { documents: 5, retrieved: 6 },
      uncounted: 7,
    }).join('\n')
    for (const part of [
      '5 other documents, retrieved 6 times',
      '7 retrievals',
      'recordUsed',
      'recordCitations',
      '6 of the traces',
    ]) {
      expect(notes).toContain(part)
    }
  })
})

describe('isWorse', () => {
  it('only where the lower end of the share is above the average', () => {
    expect(isWorse(DOCUMENT, 0.19)).toBe(true)
    expect(isWorse(DOCUMENT, 0.2)).toBe(false)
    expect(isWorse(DOCUMENT, null)).toBe(false)
  })
})

describe('documentsCsv', () => {
  it('leaves empty what is not known, and counts the others', () => {
    const lines = documentsCsv({ ...DOCUMENTS, others: { documents: 3, retrieved: 9 } }).split('\r\n')
    expect(lines[1]).toBe('docs,a.md,8,2,,,1,,,8,4,0.5,0.2,1970-01-01T00:00:00.000Z,t,')
    expect(lines[2]).toMatch(/^\(others\),3 documents,9,/)
    expect(new Set(lines.slice(0, 3).map((line) => line.split(',').length)).size).toBe(1)
  })
})
