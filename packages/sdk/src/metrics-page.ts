/** The page that Prometheus scrapes from the application: totals since the start of the process. */
import { setImmediate as breathe } from 'node:timers/promises'
import { CONTENT_TYPES, METRIC_LIST, negotiateFormat, renderRegistry } from '@ragmeter/core'
import type { DiagnosticListener } from './diagnostics.ts'
import type { MonitorCore } from './monitor-core.ts'

/** A registry of the application, such as prom-client's `register`. */
export interface TextRegistry {
  metrics(): string | Promise<string>
}

export interface MetricsOptions {
  /** Registries of the application, shown on the same page. The page is then in the text format. */
  registries?: readonly TextRegistry[]
}

export interface MetricsPage {
  contentType: string
  body: string
}

const OWN_NAMES: ReadonlySet<string> = new Set(METRIC_LIST.map(({ name }) => name))

/** @param accept the `Accept` header of the scraper; OpenMetrics (with exemplars) only where it is asked for */
export async function renderMetricsPage(
  core: MonitorCore | undefined,
  accept: string | undefined,
  options: MetricsOptions,
  report: DiagnosticListener,
): Promise<MetricsPage> {
  const registries = registriesOf(options, report)
  const format = registries.length === 0 && typeof accept === 'string' ? negotiateFormat(accept) : 'text'
  const contentType = CONTENT_TYPES[format]
  let body = format === 'openmetrics' && core === undefined ? '# EOF\n' : ''
  if (core !== undefined) {
    core.refreshGauges()
    core.recorder.settle()
    for (const chunk of renderRegistry(core.recorder.totals, format)) {
      if (body !== '') await breathe()
      body += chunk
    }
  }
  const taken = new Set(OWN_NAMES)
  for (const registry of registries) body += mergedText(await registry.metrics(), taken, report)
  return { contentType, body }
}

function registriesOf(options: MetricsOptions, report: DiagnosticListener): readonly TextRegistry[] {
  try {
    const stated: unknown = options?.registries
    if (stated === undefined) return []
    if (Array.isArray(stated) && stated.every(isRegistry)) return stated
  } catch {
    // Told below.
  }
  report({
    code: 'merge_skipped',
    message: 'registries is no list of objects with a method metrics(): the page is shown without them.',
    hint: 'Pass the registries themselves: { registries: [promClient.register] }.',
  })
  return []
}

function isRegistry(value: unknown): value is TextRegistry {
  return (
    typeof value === 'object' && value !== null && 'metrics' in value && typeof value.metrics === 'function'
  )
}

const SAMPLE_SUFFIX = /_(?:bucket|sum|count|created|info)$/

/**
 * A page of another registry without the families whose names are taken: a name that stands on a page twice makes
 * Prometheus refuse all of it.
 * @param taken grows by the names of this page
 */
function mergedText(text: string, taken: Set<string>, report: DiagnosticListener): string {
  const own = new Set<string>()
  const skipped = new Set<string>()
  let merged = ''
  for (const line of text.split('\n')) {
    const name = familyOf(line, own)
    if (name === undefined) continue
    if (taken.has(name)) {
      skipped.add(name)
      continue
    }
    own.add(name)
    merged += `${line}\n`
  }
  for (const name of own) taken.add(name)
  if (skipped.size > 0) {
    report({
      code: 'merge_skipped',
      message: `Metrics of the application's registry that are already on the page are left out: ${[...skipped].join(', ')}.`,
      hint: 'Rename them.',
    })
  }
  return merged
}

/** @returns the family a line belongs to; undefined for empty lines, other comments and the end mark */
function familyOf(line: string, own: ReadonlySet<string>): string | undefined {
  if (line === '') return undefined
  if (line.startsWith('#')) return /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line)?.[1]
  const name = /^[^\s{]+/.exec(line)?.[0]
  if (name === undefined || own.has(name)) return name
  const base = name.replace(SAMPLE_SUFFIX, '')
  return own.has(base) || OWN_NAMES.has(base) ? base : name
}
