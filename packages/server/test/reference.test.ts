/** The reference pages say what the code does: generated from it, or checked against it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { HTTP_ERRORS, ISSUES, METRIC_LIST } from '@ragmeter/core'
import type { LabelDefinition, MetricDefinition } from '@ragmeter/core'
import { describe, expect, test } from 'vitest'
import { SECTIONS } from '../src/config-sections.ts'
import { CONFIG_FILE_NAME, OPTIONS } from '../src/config.ts'
import type { OptionDefinition } from '../src/config.ts'

const page = (name: string) => new URL(`../../../docs/reference/${name}.md`, import.meta.url)
const readPage = (name: string) => readFileSync(page(name), 'utf8')

function configReference(): string {
  return [
    '# Configuration of the daemon',
    '',
    `Every option can be a flag of \`ragmeter start\`, an environment variable, or a key of \`${CONFIG_FILE_NAME}\`. A flag wins over a variable, a variable over the file, the file over the default. A key or a value that is not known is an error. Relative paths in the file start at its folder.`,
    '',
    'The SDK has options of its own: see packages/sdk/README.md.',
    ...OPTIONS.flatMap(optionSection),
    '',
    '# Sections of alerts',
    '',
    `These are keys of \`${CONFIG_FILE_NAME}\` only. What they hold, with examples, is in [alerts](../alerts.md); the keys of \`thresholds\` are in [thresholds](thresholds.md).`,
    ...SECTIONS.flatMap(({ name, doc }) => ['', `## ${name}`, '', doc]),
    '',
  ].join('\n')
}

function optionSection(option: OptionDefinition): string[] {
  return [
    '',
    `## ${option.name}`,
    '',
    option.doc,
    '',
    `- flag: \`${option.flag} <${option.placeholder}>\``,
    `- variable: \`${option.environment}\``,
    option.inFile ? `- key in \`${CONFIG_FILE_NAME}\`: \`${option.name}\`` : '- cannot be set in the file',
    `- type: ${option.type}`,
    ...(option.unit === undefined ? [] : [`- unit: ${option.unit}`]),
    `- default: ${defaultText(option)}`,
  ]
}

function defaultText({ default: value }: OptionDefinition): string {
  if (value === undefined) return 'none'
  return /^[\w.~/]+$/.test(value) && value !== 'none' ? `\`${value}\`` : value
}

test('docs/reference/config.md follows from the options; after a change: UPDATE_GOLDEN=1 npx vitest run reference', () => {
  const generated = configReference()
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(page('config'), generated)
  expect(readPage('config')).toBe(generated)
})

function metricsReference(): string {
  return [
    '# Metric reference',
    '',
    'Every metric of requests and applications, as `packages/core/src/catalogue.ts` defines it. How to ask for them is in docs/metrics.md. A label that is not stated is left out. An open label has a limit on its distinct values within a service; what exceeds it becomes `__other__`, for that label only, and is counted in `rag_metric_label_overflow_total`.',
    '',
    'In `measurements` of `POST /ingest`, sums and deltas are whole numbers of the stated fraction of the unit.',
    ...METRIC_LIST.flatMap(metricSection),
    '',
  ].join('\n')
}

function metricSection(metric: MetricDefinition): string[] {
  return [
    '',
    `## ${metric.name}`,
    '',
    metric.help,
    '',
    `- type: ${metric.type}`,
    ...(metric.unit === '' ? [] : [`- unit: ${metric.unit}`]),
    ...(metric.perUnit === 1 ? [] : [`- summed in: 1/${metric.perUnit} of the unit`]),
    ...metric.labels.map((label) => `- label \`${label.name}\`: ${labelDescription(label)}`),
    ...(metric.buckets.length === 0
      ? []
      : [`- buckets, upper bounds inclusive: ${metric.buckets.join(', ')}`]),
    ...(metric.type === 'gauge' ? [`- of several instances: the ${metric.aggregation}`] : []),
  ]
}

function labelDescription(label: LabelDefinition): string {
  return 'values' in label
    ? label.values.map((value) => `\`${value}\``).join(', ')
    : `open, at most ${label.max}`
}

test('docs/reference/metrics.md follows from the catalogue; after a change: UPDATE_GOLDEN=1 npx vitest run reference', () => {
  const generated = metricsReference()
  if (process.env['UPDATE_GOLDEN'] !== undefined) writeFileSync(page('metrics'), generated)
  expect(readPage('metrics')).toBe(generated)
})

const codesOf = (part: string) => [...part.matchAll(/^### `([a-z_]+)`/gm)].map(([, code]) => code ?? '')

describe('docs/reference/errors.md', () => {
  const text = readPage('errors')
  const [requests = '', items = ''] = text.split('## Issues with items')

  test('has every code of a refused request, with its status', () => {
    expect(codesOf(requests).toSorted()).toEqual(Object.keys(HTTP_ERRORS).toSorted())
    for (const [code, { status }] of Object.entries(HTTP_ERRORS)) {
      expect(requests).toContain(`### \`${code}\` (${status})\n`)
    }
  })

  test('has every code of an item', () => {
    expect(codesOf(items).toSorted()).toEqual(Object.keys(ISSUES).toSorted())
  })

  test('says of every code what it means and what to do', () => {
    for (const section of text.split(/^### /m).slice(1)) expect(section).toMatch(/^.*\n\n\S[^\n]{20,}/)
  })
})

describe('docs/reference/http.md', () => {
  const golden = readFileSync(new URL('golden/openapi.json', import.meta.url), 'utf8')
  const { paths } = JSON.parse(golden) as { paths: Record<string, Record<string, object>> }
  const text = readPage('http')

  test('names every route, and no other', () => {
    const routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const named = [...text.matchAll(/^#{2,3} `([A-Z]+ \/\S*)`/gm)].map(([, route]) => route ?? '')
    expect(named.toSorted()).toEqual([...routes, 'GET /api/v1/openapi.json'].toSorted())
  })
})
