/** Pages that follow from the code: thresholds, and the names of other systems. */
import { readFileSync, writeFileSync } from 'node:fs'
import { METRIC_LIST } from '@ragmeter/core'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { COMPAT_RULES, COMPAT_SYSTEMS, parseOpsConfiguration, THRESHOLDS } from '../src/index.ts'
import type { ThresholdDefinition } from '../src/index.ts'
import { KNOWN_METRICS } from '../../../tools/promql/known-metrics.ts'
import { lintExpression } from './lint-expression.ts'

const page = (name: string) => new URL(`../../../docs/${name}.md`, import.meta.url)

function thresholdsPage(): string {
  return [
    '# Thresholds',
    '',
    'The numbers that alerts compare with, by their keys. Those that name a histogram must be one of its bucket bounds below the highest.',
    ...Object.entries<ThresholdDefinition>(THRESHOLDS).flatMap(([key, definition]) => [
      '',
      `## ${key}`,
      '',
      definition.doc,
      '',
      `- default: ${definition.default}`,
      `- unit: ${definition.unit}`,
      `- bounds: ${definition.min} to ${definition.max}`,
      ...(definition.bucketOf === undefined ? [] : [`- buckets of: \`${definition.bucketOf}\``]),
    ]),
    '',
  ].join('\n')
}

/** What no rule can mend: names that are ours too, and what was never measured. */
const NOTES = {
  RAGnarok: [
    'Counters are counted here, not derived: RAGnarok multiplies all rows by the success rate of a day, so its counters go down.',
    '`ragnarok_latency_seconds_sum` does not exist there, and not here.',
  ],
  AegisRAG: [
    '`stage="total"` is the whole request. Sums over `stage` count it twice, as they did there.',
    '`token_type="total"` does not exist: input and output add up to it.',
    '`monthly_spend_usd` and `monthly_budget_remaining_usd` have the label `budget` instead of `provider`: state a budget for each provider. What remains is negative when overspent; there it stopped at 0.',
    '`llm_errors_total` has no `error_type`; `aegis_errors_total` has.',
    'Tool executions are the stage `tool` of `aegis_query_latency_seconds`.',
  ],
  'M2.3': [
    '`rag_requests_total` and `rag_errors_total` are metrics of ragmeter itself: the label is `operation` instead of `endpoint`, and the second has no label for it. Edit panels that group by `endpoint`.',
    '`rag_input_tokens` and `rag_output_tokens` have sum and count, no buckets. `rag_queue_depth` was never set there.',
    'The cost is that of each model; there every model cost the same.',
  ],
  VectorLens: [
    'Its three services are the operations `search`, `retrieve` and `chat` of any service here. `_request_total` and `_error_total` are documented there, but never exported.',
  ],
  Guide: [
    '`rag_retrieval_score` and `rag_llm_tokens_total` are metrics of ragmeter itself: `method` is `retriever`, `type` is `token_type` with `input` and `output` instead of `prompt` and `completion`. Edit these panels.',
    '`rag_query_expansion_total` and the Celery metrics have nothing that corresponds to them.',
  ],
} as const

function compatibilityPage(): string {
  return [
    '# Dashboards of other systems',
    '',
    'Add `compat.rules.yml` to the `rule_files` of Prometheus, or print your rules with `ragmeter rules --compat`, and dashboards made for RAGnarok, AegisRAG, M2.3, VectorLens or the Guide find their metrics: recorded from those of ragmeter, with the label `service` in addition. It costs as many series again as it records; leave out the groups that you do not need.',
    '',
    'Counters are recorded with the labels of their target, so that `rate()` sees a restart as what it is. Values lag by one evaluation, at most half a minute.',
    ...COMPAT_SYSTEMS.flatMap((system) => [
      '',
      `## ${system}`,
      '',
      '| there | here |',
      '| --- | --- |',
      ...COMPAT_RULES[system].map(({ record, expr, labels }) => {
        const fixed = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${value}"`)
        const name = fixed.length === 0 ? record : `${record}{${fixed.join(',')}}`
        return `| \`${name}\` | \`${expr.replaceAll('|', '\\|')}\` |`
      }),
      '',
      ...NOTES[system].map((note) => `- ${note}`),
    ]),
    '',
  ].join('\n')
}

const withoutPadding = (text: string) => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')

test.each([
  ['reference/thresholds', thresholdsPage()],
  ['compatibility', compatibilityPage()],
])(
  'docs/%s.md follows from the code; after a change: UPDATE_GOLDEN=1 npx vitest run packages/ops',
  (name, text) => {
    if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(page(name), text)
    expect(withoutPadding(readFileSync(page(name), 'utf8'))).toBe(withoutPadding(text))
  },
)

const compatRules = COMPAT_SYSTEMS.flatMap((system) => COMPAT_RULES[system])

describe('rules under the names of other systems', () => {
  test.each(compatRules.map(({ record, expr }) => [record, expr] as const))(
    '%s reads what is served',
    (_, expr) => {
      // What is recorded is the counter itself, for the rate() of a panel.
      const complaints = lintExpression(expr).filter((complaint) => !complaint.includes('is a counter'))
      expect(complaints).toEqual([])
    },
  )

  test('none has the name of a metric of ours, or it would be counted twice', () => {
    const ours = new Set([...KNOWN_METRICS.keys(), ...METRIC_LIST.map(({ name }) => name)])
    expect(compatRules.filter(({ record }) => ours.has(record))).toEqual([])
  })

  test('those of one name differ in a label', () => {
    const keys = compatRules.map(({ record, labels }) => JSON.stringify([record, labels]))
    expect(new Set(keys).size).toBe(keys.length)
  })
})

test.each(['metrics', 'alerts', 'deploy'])('the PromQL of docs/%s.md reads what is served', (name) => {
  const blocks = Array.from(
    readFileSync(page(name), 'utf8').matchAll(/^```promql\n([^]*?)^```/gm),
    ([, block = '']) => block,
  )
  const expressions = blocks.flatMap((block) => block.split(/^#.*$/m)).filter((text) => text.trim() !== '')
  expect(expressions.flatMap(lintExpression)).toEqual([])
})

test('the objective that docs/alerts.md shows is one', () => {
  const block = /^```yaml\n(slos:[^]*?)^```/m.exec(readFileSync(page('alerts'), 'utf8'))?.[1] ?? ''
  const { configuration, issues } = parseOpsConfiguration(parse(block) as object)
  expect(issues).toEqual([])
  expect(configuration.slos.map(({ name, target }) => [name, target])).toEqual([['fast_search', 0.99]])
})
