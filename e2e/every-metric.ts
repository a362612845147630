/** A service that has every metric of the catalogue, with every value of its closed labels. */
import { CardinalityGuard, MeasurementBuffer, METRIC_LIST } from '@ragmeter/core'
import type { LabelDefinition, MetricDefinition } from '@ragmeter/core'

const EVERYTHING = 'everything'

/** Values of open labels that rules and dashboards ask for by name. */
const OPEN: Readonly<Record<string, string>> = {
  provider: 'openai',
  model: 'gpt-4o',
  retriever: 'bm25',
  metric: 'faithfulness',
  code: '200',
}

function valuesOf(label: LabelDefinition): readonly string[] {
  return 'values' in label ? label.values : [OPEN[label.name] ?? `some ${label.name}`]
}

/** So many label sets that each value of each label is in one of them. */
function labelSets({ labels }: MetricDefinition): readonly (readonly string[])[] {
  const [, ...others] = labels
  const count = Math.max(1, ...others.map((label) => valuesOf(label).length))
  return Array.from({ length: count }, (_, set) =>
    others.map((label) => valuesOf(label)[set % valuesOf(label).length] ?? ''),
  )
}

/** The body of a batch that counts, observes and sets everything once more. */
export function everyMetric(now: number, sequence: number): string {
  const buffer = new MeasurementBuffer({ guard: new CardinalityGuard(() => {}) })
  const registry = buffer.at(now)
  for (const metric of METRIC_LIST) {
    for (const [a = '', b = '', c = '', d = ''] of labelSets(metric)) {
      const { type, name } = metric
      if (type === 'counter') registry.count(metric, metric.perUnit, EVERYTHING, a, b, c, d)
      else if (type === 'histogram')
        registry.observe(metric, metric.buckets[1] ?? 1, 1, EVERYTHING, a, b, c, d)
      else registry.set(metric, name.includes('timestamp') ? now / 1000 : 1, EVERYTHING, a, b, c, d)
    }
  }
  return JSON.stringify({
    client: { instance: 'everything', name: 'every-metric', version: '1.0.0' },
    sequence,
    resource: { service: EVERYTHING, environment: 'test', release: 'r1' },
    ...buffer.drain(),
  })
}
