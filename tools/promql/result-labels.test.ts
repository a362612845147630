import { describe, expect, test } from 'vitest'
import { resultLabels } from './result-labels.ts'

const METRICS: Readonly<Record<string, readonly string[]>> = {
  asked_total: ['service', 'status', 'instance'],
  lasted_bucket: ['service', 'le', 'instance'],
  objective: ['slo'],
  missed: ['service', 'slo'],
}

const labelsOf = (metric: string) => {
  const labels = METRICS[metric]
  if (labels === undefined) throw new Error(`no metric is called ${metric}`)
  return new Set(labels)
}

describe('resultLabels', () => {
  test.each([
    ['sum by (service) (rate(asked_total[5m]))', ['service']],
    ['sum(rate(asked_total[5m])) * 60', []],
    ['histogram_quantile(0.9, sum by (service, le) (rate(lasted_bucket[5m])))', ['service']],
    ['topk(3, max by (service, status) (asked_total))', ['service', 'status']],
    ['time() - max by (service) (asked_total)', ['service']],
    ['missed / on (slo) group_left () (1 - objective)', ['service', 'slo']],
    ['missed and on (slo) objective', ['service', 'slo']],
    ['sum by (slo) (missed) / on (slo) objective', ['slo']],
    ['-(objective offset 1h)', ['slo']],
    ['sum without (slo) (missed)', ['service']],
    ['vector(1)', []],
    ['clamp_min(sum by (slo) (missed), 0)', ['slo']],
  ])('%s', (expression, labels) => {
    expect([...resultLabels(expression, labelsOf)]).toEqual(labels)
  })

  test.each([
    ['sum by (status) (missed)', /by \(status\) over series without it/],
    ['histogram_quantile(0.9, sum by (service) (rate(lasted_bucket[5m])))', /needs le/],
    ['missed / objective', /never matches/],
    ['sum by (service) (missed) / on (slo) objective', /no slo to match on/],
    ['rate(nothing[5m])', /no metric is called nothing/],
    ['sum by (service (asked_total)', /not PromQL/],
    ['', /empty|not PromQL/],
  ])('refuses %s', (expression, message) => {
    expect(() => resultLabels(expression, labelsOf)).toThrow(message)
  })
})
