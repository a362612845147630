import { describe, expect, it } from 'vitest'
import { readState, writeLow } from './retrieval-state.ts'

describe('readState', () => {
  it('reads what the URL says, and takes the default for what it cannot read', () => {
    expect(readState({ retriever: 'bm25', reason: 'empty', low: '0.3', order: 'bad' })).toEqual({
      retriever: 'bm25',
      reason: 'empty',
      low: { below: 0.3 },
      order: 'bad',
    })
    expect(readState({ reason: 'x', low: '0.3.1', order: 'worst' })).toEqual({
      retriever: undefined,
      reason: undefined,
      low: { quantile: 0.1 },
      order: 'retrieved',
    })
  })

  it('keeps what is low within what the daemon takes', () => {
    expect(readState({ low: '90%' }).low).toEqual({ quantile: 0.5 })
    expect(readState({ low: '-3%' }).low).toEqual({ quantile: 0 })
    expect(readState({ low: '9'.repeat(40) }).low).toEqual({ below: 1e9 })
  })
})

describe('writeLow', () => {
  it.each([{ quantile: 0.05 }, { quantile: 0.125 }, { quantile: 0.5 }, { below: 0 }, { below: -1.25 }])(
    'writes %j so that it is read back',
    (low) => {
      expect(readState({ low: writeLow(low) ?? '' }).low).toEqual(low)
    },
  )

  it('writes no default', () => {
    expect(writeLow({ quantile: 0.1 })).toBeUndefined()
  })
})
