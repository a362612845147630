import { describe, expect, test } from 'vitest'
import { parseScenarios } from './parse-scenarios.ts'
import { minuteValues, scenarioMinutes } from './scenario.ts'

const SCENARIO = `
scenarios:
  - name: slow
    series:
      'rag_request_duration_seconds{service="docs",operation="say \\"hi\\""}': 19@0.3+1@6*2 0
      up{job="ragmeter"}: 1 _*2 keep
      rag_last_request_timestamp_seconds{service="docs"}: now keep*2
      other_total: 5
    alerts:
      - alert: RagHighQueryLatency
        labels: { service: docs }
        transitions: [{ minute: 3, state: pending }]
        toleranceMinutes: 1
        description: It is slow.
      - alert: RagTargetDown
`

describe('parseScenarios', () => {
  test('reads series by their types, and what is expected', () => {
    const { scenarios, issues } = parseScenarios(SCENARIO)
    expect(issues).toEqual([])
    const [scenario] = scenarios
    expect(scenario?.series.map(({ metric, type }) => [metric, type])).toEqual([
      ['rag_request_duration_seconds', 'histogram'],
      ['up', 'gauge'],
      ['rag_last_request_timestamp_seconds', 'gauge'],
      ['other_total', 'counter'],
    ])
    expect(scenario?.series[0]?.labels).toEqual({ service: 'docs', operation: 'say "hi"' })
    expect(scenario?.series.map((series) => minuteValues(series).map(({ kind }) => kind))).toEqual([
      ['observations', 'observations', 'observations'],
      ['number', 'missing', 'missing', 'keep'],
      ['now', 'keep', 'keep'],
      ['number'],
    ])
    expect(scenario?.series[0]?.runs).toEqual([
      {
        minutes: 2,
        value: {
          kind: 'observations',
          observations: [
            { times: 19, value: 0.3 },
            { times: 1, value: 6 },
          ],
        },
      },
      { minutes: 1, value: { kind: 'observations', observations: [] } },
    ])
    expect(scenario === undefined ? 0 : scenarioMinutes(scenario)).toBe(4)
    expect(scenario?.expectations).toEqual([
      {
        alert: 'RagHighQueryLatency',
        labels: { service: 'docs' },
        transitions: [{ minute: 3, state: 'pending' }],
        toleranceMinutes: 1,
        description: 'It is slow.',
      },
      { alert: 'RagTargetDown', labels: {}, transitions: [], toleranceMinutes: 0 },
    ])
  })

  test.each([
    [': :', 'correct the YAML'],
    ['scenario: []', 'is not known'],
    ['scenarios: []', 'has no entry'],
    [SCENARIO.replace('up{job="ragmeter"}', 'up{job=ragmeter}'), 'is no series'],
    [SCENARIO.replace('19@0.3+1@6*2', '19@0.3+*2'), 'is no number'],
    [SCENARIO.replace('other_total: 5', 'other_total: -5'), 'never goes down'],
    [SCENARIO.replace('other_total: 5', 'other_total: now'), 'is no number'],
    [SCENARIO.replace('other_total: 5', 'other_total: 5*0'), 'is no run'],
    [SCENARIO.replace('other_total: 5', 'other_total: 5*99999'), 'is too long'],
    [SCENARIO.replace('state: pending', 'state: firing!'), 'firing!'],
    [SCENARIO.replace('minute: 3', 'minute: soon'), 'minute'],
    [SCENARIO.replace('name: slow', 'title: slow'), 'is missing'],
    [SCENARIO.replace('rag_last_request_', 'rag_latest_request_'), 'is no metric of ragmeter'],
  ])('runs nothing of a file with a mistake, and says which: %#', (text, complaint) => {
    const { scenarios, issues } = parseScenarios(text)
    expect(scenarios).toEqual([])
    expect(JSON.stringify(issues)).toContain(complaint)
  })
})
