/** Objectives in the form of OpenSLO v1, of which a subset is understood: one ratio of events, one rolling window, one target. */
import { findMetric } from '@ragmeter/core'
import type { LabelDefinition } from '@ragmeter/core'
import type { LabelCondition, Where } from '../alerts/signal.ts'
import { burnAlertName } from '../slo/burn-rate-alerts.ts'
import { SLO_WINDOW_DAYS_MAX } from '../slo/slo.ts'
import type { Events, Slo } from '../slo/slo.ts'
import { readObjects } from './section-reader.ts'
import type { ConfigurationIssue, SectionReader } from './section-reader.ts'

const SLOS_MAX = 50
const NAME = /^[a-z][a-z0-9_]{0,39}$/

function readCondition(reader: SectionReader, label: string): LabelCondition | undefined {
  const value = reader.raw(label)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const texts = reader.texts(label)
    return texts === undefined ? undefined : { in: texts }
  }
  const inner = reader.object(label)
  const notIn = inner.texts('not')
  inner.end()
  return notIn === undefined ? undefined : { notIn }
}

/** Values that a label never has: an objective on them would count nothing, or everything. */
function impossibleValues(definition: LabelDefinition, condition: LabelCondition): readonly string[] {
  const stated = 'in' in condition ? condition.in : 'notIn' in condition ? condition.notIn : []
  return 'values' in definition ? stated.filter((value) => !definition.values.includes(value)) : []
}

function readWhere(reader: SectionReader, labels: readonly LabelDefinition[]): Where {
  const where: Record<string, LabelCondition> = {}
  for (const label of reader.keys) {
    const condition = readCondition(reader, label)
    const definition = labels.find(({ name }) => name === label)
    if (definition === undefined) {
      const names = labels.map(({ name }) => name)
      reader.complain(label, 'is no label of the metric', `use one of ${names.join(', ')}`)
    } else if (condition !== undefined) {
      const impossible = impossibleValues(definition, condition)
      if ('values' in definition && impossible.length > 0) {
        const problem = `is never ${impossible.map((value) => JSON.stringify(value)).join(' or ')}`
        reader.complain(label, problem, `use some of ${definition.values.join(', ')}`)
      }
      where[label] = condition
    }
  }
  return where
}

function readEvents(reader: SectionReader): Events | undefined {
  const source = reader.object('metricSource')
  source.oneOf('type', ['ragmeter'])
  const spec = source.object('spec')
  const name = spec.text('metric') ?? ''
  const metric = findMetric(name)
  const atMost = spec.number('atMost', -1e12, 1e12)
  const where = spec.has('where') ? readWhere(spec.object('where'), metric?.labels ?? []) : {}
  spec.end()
  source.end()
  reader.end()
  if (metric === undefined || metric.type === 'gauge') {
    spec.complain('metric', `"${name}" is no counter or histogram`, 'take one of docs/reference/metrics.md')
    return undefined
  }
  const filtered = Object.keys(where).length === 0 ? {} : { where }
  if (metric.type === 'counter') {
    if (atMost === undefined) return { metric: name, ...filtered }
    spec.complain('atMost', 'needs a histogram', `delete it: ${name} is a counter`)
    return undefined
  }
  if (atMost !== undefined && !metric.buckets.includes(atMost)) {
    spec.complain('atMost', `${atMost} is no bucket of ${name}`, `take one of ${metric.buckets.join(', ')}`)
    return undefined
  }
  return { metric: name, part: atMost === undefined ? 'count' : { atMost }, ...filtered }
}

function readWindowDays(spec: SectionReader): number | undefined {
  const [window, ...others] = spec.objects('timeWindow')
  const duration = window?.text('duration')
  const isRolling = window?.raw('isRolling')
  window?.end()
  const days = Number(/^(\d{1,3})d$/.exec(duration ?? '')?.[1])
  const isPossible = days >= 1 && days <= SLO_WINDOW_DAYS_MAX
  if (isPossible && isRolling === true && others.length === 0) return days
  spec.complain(
    'timeWindow',
    'is not one rolling window of days',
    `write [{duration: 30d, isRolling: true}], at most ${SLO_WINDOW_DAYS_MAX}d`,
  )
  return undefined
}

function readTarget(spec: SectionReader): number | undefined {
  const [objective, ...others] = spec.objects('objectives')
  if (objective === undefined || others.length > 0) {
    spec.complain(
      'objectives',
      'does not have exactly one entry',
      'write [{target: 0.995}], one SLO for each target',
    )
    return undefined
  }
  const target = objective.number('target', 0.5, 0.99999)
  if (!objective.has('target')) objective.complain('target', 'is missing', 'write a share such as 0.995')
  objective.end()
  return target
}

function readIndicator(spec: SectionReader): Pick<Slo, 'total' | 'good' | 'bad'> | undefined {
  const indicator = spec.object('indicator')
  if (indicator.has('metadata')) indicator.raw('metadata')
  const inner = indicator.object('spec')
  const ratio = inner.object('ratioMetric')
  ratio.raw('counter')
  const kinds = (['good', 'bad'] as const).filter((kind) => ratio.has(kind))
  const [kind] = kinds
  const total = readEvents(ratio.object('total'))
  const part = kind === undefined ? undefined : readEvents(ratio.object(kind))
  ratio.end()
  inner.end()
  indicator.end()
  if (kinds.length !== 1 || kind === undefined) {
    ratio.complain('good', 'must be stated, or `bad`, but not both', 'keep one of the two')
    return undefined
  }
  return total === undefined || part === undefined ? undefined : { total, [kind]: part }
}

function readSlo(reader: SectionReader): Slo | undefined {
  reader.oneOf('apiVersion', ['openslo/v1'])
  reader.oneOf('kind', ['SLO'])
  const metadata = reader.object('metadata')
  const name = metadata.text('name') ?? ''
  metadata.text('displayName')
  metadata.end()
  const spec = reader.object('spec')
  const description = spec.text('description') ?? name
  const service = spec.filledText('service')
  spec.oneOf('budgetingMethod', ['Occurrences'])
  const indicator = readIndicator(spec)
  const windowDays = readWindowDays(spec)
  const target = readTarget(spec)
  spec.end()
  reader.end()
  if (!NAME.test(name)) {
    metadata.complain('name', `"${name}" cannot be a name`, 'use a-z, 0-9 and _, beginning with a letter')
    return undefined
  }
  if (indicator === undefined || windowDays === undefined || target === undefined) return undefined
  return {
    name,
    description,
    ...(service === undefined ? {} : { service }),
    ...indicator,
    target,
    windowDays,
  }
}

/** @param value the section `slos` of ragmeter.yaml */
export function parseSlos(value: unknown, issues: ConfigurationIssue[]): readonly Slo[] {
  const readers = readObjects('slos', value, issues)
  if (readers.length > SLOS_MAX) {
    issues.push({
      path: 'slos',
      problem: `has ${readers.length} entries`,
      remedy: `keep at most ${SLOS_MAX}`,
    })
  }
  const names = new Map<string, string>()
  return readers.slice(0, SLOS_MAX).flatMap((reader) => {
    const slo = readSlo(reader)
    if (slo === undefined) return []
    // Of two that cannot be told apart by their alerts one is wrong: `a_1` and `a1` would both be RagA1BudgetBurnSlow.
    const alertName = burnAlertName(slo, 'Slow')
    const namesake = names.get(alertName)
    if (namesake !== undefined) {
      const problem =
        namesake === slo.name
          ? `"${slo.name}" is there twice`
          : `"${slo.name}" and "${namesake}" would give their alerts the same names`
      reader.complain('metadata.name', problem, 'give each objective a name of its own')
      return []
    }
    names.set(alertName, slo.name)
    return [slo]
  })
}
