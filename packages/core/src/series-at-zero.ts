/** Series that are shown although nothing was counted in them yet (`ValuesAtZero`). They are in no registry and take no place. */
import { METRICS } from './catalogue.ts'
import type { LabelValues } from './measurement.ts'
import type { ValuesAtZero } from './metric.ts'
import { CounterSeries } from './registry.ts'
import type { Family } from './registry.ts'

const MODEL = METRICS.requests.labels.findIndex(({ name }) => name === 'model')

/** Found once for the series that there are: a page is rendered again and again. */
const known = new WeakMap<Family, { version: number; found: readonly CounterSeries[] }>()

/** The counters of a family that stand at zero, each once; those in which something was counted are not among them. */
export function* seriesAtZero(family: Family): IterableIterator<CounterSeries> {
  const position = family.metric.labels.findIndex((label) => 'atZero' in label)
  const label = family.metric.labels[position]
  if (family.metric.type !== 'counter' || label === undefined || !('atZero' in label)) return
  const { version } = family
  const before = known.get(family)
  if (before?.version === version) {
    yield* before.found
    return
  }
  const found: CounterSeries[] = []
  for (const labels of labelsAtZero(family, position, label.atZero)) {
    const series = new CounterSeries(labels)
    found.push(series)
    yield series
  }
  known.set(family, { version, found })
}

function* labelsAtZero(
  { metric, series, tree }: Family,
  position: number,
  { beside, values }: ValuesAtZero,
): IterableIterator<LabelValues> {
  const early = new Set<string>()
  for (const { labels } of series) {
    if (labels[position] !== beside) continue
    yield* missing(tree, labels, position, values)
    if (metric !== METRICS.requests || labels[MODEL] === '') continue
    // A request that fails early has no model yet.
    const withoutModel = labels.with(MODEL, '')
    const key = withoutModel.join('\u0000')
    if (early.has(key) || tree.get(withoutModel) !== undefined) continue
    early.add(key)
    yield* missing(tree, withoutModel, position, values)
  }
}

function* missing(
  tree: Family['tree'],
  labels: LabelValues,
  position: number,
  values: readonly string[],
): IterableIterator<LabelValues> {
  for (const value of values) {
    const other = labels.with(position, value)
    if (tree.get(other) === undefined) yield other
  }
}
