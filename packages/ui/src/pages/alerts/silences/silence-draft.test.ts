import { describe, expect, test } from 'vitest'
import { isMeant, matchersFor, problemOf } from './silence-draft.ts'

const LABELS = {
  alertname: 'RagHighErrorRate',
  service: 'docs',
  severity: 'warning',
  alert_family: 'errors',
}

describe('matchersFor', () => {
  test('an alert: its name and what it is about, not what follows from them', () => {
    expect(matchersFor({ labels: LABELS })).toEqual([
      { name: 'alertname', value: 'RagHighErrorRate', isEqual: true },
      { name: 'service', value: 'docs', isEqual: true },
    ])
  })

  test('no alert: one that is to be filled in', () => {
    expect(matchersFor(undefined)).toEqual([{ name: 'service', value: '', isEqual: true }])
  })
})

const of = (name: string, value: string, isEqual = true) => ({ name, value, isEqual })

describe('isMeant', () => {
  test.each([
    [[of('service', 'docs')], true],
    [[of('service', 'chat')], false],
    [[of('service', 'chat', false)], true],
    [[of('service', 'docs'), of('alertname', 'RagCostSpike')], false],
    // A label that is not there is the empty text, as the daemon has it.
    [[of('model', '')], true],
    [[of('model', '', false)], false],
  ])('%j: %s', (matchers, expected) => {
    expect(isMeant(matchers, LABELS)).toBe(expected)
  })
})

describe('problemOf', () => {
  const docs = { name: 'service', value: 'docs', isEqual: true }

  test('nothing, when all is said', () => {
    expect(problemOf([docs, { name: 'model', value: '', isEqual: false }], 'ada', 'deploy')).toBeUndefined()
  })

  test.each([
    ['a matcher without a label', [{ ...docs, name: ' ' }], 'ada', 'why', 'no label'],
    ['nothing that must be', [{ ...docs, isEqual: false }], 'ada', 'why', 'what one label must be'],
    ['no matcher', [], 'ada', 'why', 'what one label must be'],
    ['no author', [docs], ' ', 'why', 'who you are'],
    ['no reason', [docs], 'ada', '', 'Say why'],
  ])('%s', (_, matchers, author, comment, expected) => {
    expect(problemOf(matchers, author, comment)).toContain(expected)
  })
})
