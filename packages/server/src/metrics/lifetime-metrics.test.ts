import { DAY_MS, METRICS, renderRegistry } from '@ragmeter/core'
import type { ExpositionFormat } from '@ragmeter/core'
import { describe, expect, test } from 'vitest'
import { committed, durations, gauge, requests } from '../../test/committed.ts'
import type { CommittedUpdate, StoredSeries } from '../store/store.ts'
import { LifetimeMetrics } from './lifetime-metrics.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const seen = (service: string, at = NOW) => [{ service, at }]

function page(metrics: LifetimeMetrics, now = NOW, format: ExpositionFormat = 'text'): string {
  metrics.prepare(now)
  return [metrics.registry, metrics.seriesCounts]
    .flatMap((shown) => [
      ...renderRegistry(shown, format, true, (metric, labels) => metrics.totalAtRest(metric, labels)),
    ])
    .join('')
}

function inFlight(instance: string, value: number): CommittedUpdate['gauges'][number] {
  return { instance, measurements: [gauge('inFlight', 'docs', value)] }
}

/** Lines of one metric, without those that stand at zero beside others. */
function lines(text: string, name: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'))
}

function stored(service: string, total: number, lastSeen: number): StoredSeries {
  return {
    metric: METRICS.requests.name,
    labels: [service, '', '', '', 'success'],
    measurement: requests(service, total),
    lastSeen,
  }
}

function storedModel(model: string, total: number, lastSeen: number): StoredSeries {
  return { ...stored('docs', total, lastSeen), labels: ['docs', '', '', model, 'success'] }
}

function ofModels(metrics: LifetimeMetrics, models: readonly string[], at: number): void {
  const measurements = models.map((model) => requests('docs', 1, { model }))
  metrics.apply(committed({ measurements, seen: seen('docs', at) }), at)
}

function named(prefix: string): string[] {
  return Array.from({ length: 50 }, (_, i) => `${prefix}-${i}`)
}

describe('LifetimeMetrics', () => {
  test('goes on from the totals of the database', () => {
    const metrics = new LifetimeMetrics([stored('docs', 100, NOW)], NOW, () => 0)
    metrics.apply(committed({ measurements: [requests('docs', 5)], seen: seen('docs') }), NOW)
    expect(lines(page(metrics), 'rag_requests_total')).toEqual([
      'rag_requests_total{service="docs",status="success"} 105',
    ])
    expect(metrics.requestsTotal()).toBe(105)
  })

  test('adds up commits, histograms with their exemplars too', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(committed({ measurements: [durations('docs', { trace_id: 'late', timestamp: NOW })] }), NOW)
    metrics.apply(
      committed({ measurements: [durations('docs', { trace_id: 'early', timestamp: NOW - 1 })] }),
      NOW,
    )
    const text = page(metrics, NOW, 'openmetrics')
    expect(lines(text, 'rag_request_duration_seconds_count')).toEqual([
      'rag_request_duration_seconds_count{service="docs",status="success"} 6',
    ])
    expect(lines(text, 'rag_request_duration_seconds_sum')[0]).toMatch(/ 1\.2$/)
    expect(
      lines(text, 'rag_request_duration_seconds_bucket').filter((line) => line.includes('trace_id')),
    ).toEqual([
      `rag_request_duration_seconds_bucket{service="docs",status="success",le="0.25"} 6 # {trace_id="late"} 0.2 ${NOW / 1000}`,
    ])
  })

  test('says when it last heard from a service, after a restart too', () => {
    const metrics = new LifetimeMetrics([stored('docs', 1, NOW - 5000)], NOW, () => 0)
    const name = 'rag_client_last_seen_timestamp_seconds'
    expect(lines(page(metrics), name)).toEqual([`${name}{service="docs"} ${(NOW - 5000) / 1000}`])
    metrics.apply(committed({ seen: seen('docs') }), NOW)
    expect(lines(page(metrics), name)).toEqual([`${name}{service="docs"} ${NOW / 1000}`])
  })

  test('shows gauges of instances, for their time to live, however the clock of the host is set', () => {
    let uptime = 0
    const metrics = new LifetimeMetrics([], NOW, () => uptime)
    metrics.apply(committed({ gauges: [inFlight('a', 2), inFlight('b', 3)] }), NOW)
    for (const now of [NOW, NOW + DAY_MS, NOW - DAY_MS]) {
      expect(lines(page(metrics, now), 'rag_requests_in_flight')).toEqual([
        'rag_requests_in_flight{service="docs"} 5',
      ])
    }
    uptime = 6 * 60_000
    expect(lines(page(metrics, NOW - DAY_MS), 'rag_requests_in_flight')).toEqual([])
  })

  test('ignores metrics that are not, and measurements of another type', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(
      committed({
        measurements: [
          { ...requests('docs', 1), metric: 'rag_nothing_total' },
          { ...gauge('inFlight', 'docs', 1), metric: METRICS.requests.name },
        ],
      }),
      NOW,
    )
    expect(page(metrics)).toBe('')
  })

  test('counts the label sets of each metric, against a limit that grows with the services', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    const measurements = ['a', 'b'].flatMap((service) => [
      requests(service, 1),
      requests(service, 1, { model: 'gpt-4o' }),
    ])
    metrics.apply(committed({ measurements }), NOW)
    const text = page(metrics)
    expect(lines(text, 'rag_metric_series{metric="rag_requests_total"}')).toEqual([
      'rag_metric_series{metric="rag_requests_total"} 4',
    ])
    expect(lines(text, 'rag_metric_series_limit{metric="rag_requests_total"}')).toEqual([
      'rag_metric_series_limit{metric="rag_requests_total"} 1000',
    ])
  })

  test('folds what the guard does not admit, and counts it', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    const measurements = Array.from({ length: 60 }, (_, i) =>
      requests('docs', 1, { operation: `operation-${i}` }),
    )
    metrics.apply(committed({ measurements }), NOW)
    const text = page(metrics)
    expect(lines(text, 'rag_requests_total{service="docs",operation="__other__"')[0]).toMatch(/ 10$/)
    expect(lines(text, 'rag_metric_label_overflow_total')).toEqual([
      'rag_metric_label_overflow_total{service="docs",metric="rag_requests_total",label="operation"} 10',
    ])
    expect(metrics.requestsTotal()).toBe(60)
  })
})

describe('a service that is silent for a week', () => {
  const WEEK = 7 * DAY_MS

  test('leaves the page, all of it, and stays in the total', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    const measurements = ['docs', 'chat'].flatMap((service) => [requests(service, 5), durations(service)])
    metrics.apply(
      committed({
        measurements,
        gauges: [{ instance: 'a', measurements: [gauge('lastRequest', 'docs', 1)] }],
        seen: [...seen('docs'), ...seen('chat')],
      }),
      NOW,
    )
    metrics.apply(
      committed({ measurements: [requests('chat', 1)], seen: seen('chat', NOW + DAY_MS) }),
      NOW + DAY_MS,
    )
    expect(page(metrics, NOW + WEEK)).toContain('service="docs"')
    const text = page(metrics, NOW + WEEK + 1)
    expect(text).not.toContain('service="docs"')
    expect(text).toContain('service="chat"')
    expect(metrics.requestsTotal()).toBe(11)
  })

  test('goes on from its totals when it comes back', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(
      committed({ measurements: [requests('docs', 5), durations('docs')], seen: seen('docs') }),
      NOW,
    )
    page(metrics, NOW + WEEK + 1)
    const back = NOW + 2 * WEEK
    metrics.apply(committed({ measurements: [requests('docs', 1)], seen: seen('docs', back) }), back)
    const text = page(metrics, back)
    expect(lines(text, 'rag_requests_total')[0]).toMatch(/ 6$/)
    expect(lines(text, 'rag_request_duration_seconds_count')[0]).toMatch(/ 3$/)
    expect(lines(text, 'rag_client_last_seen')).toEqual([
      `rag_client_last_seen_timestamp_seconds{service="docs"} ${back / 1000}`,
    ])
    expect(metrics.requestsTotal()).toBe(6)
  })

  test('is not shown after a restart, and goes on from its totals when it comes back', () => {
    const metrics = new LifetimeMetrics([stored('docs', 100, NOW - WEEK - 1)], NOW, () => 0)
    expect(page(metrics)).toBe('')
    expect(metrics.requestsTotal()).toBe(100)
    // Late feedback does not name its service as seen.
    metrics.apply(committed({ measurements: [requests('docs', 1)] }), NOW)
    expect(lines(page(metrics), 'rag_requests_total')[0]).toMatch(/ 101$/)
  })

  test('is not silent when it sends events that are old', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(committed({ measurements: [requests('docs', 5)], seen: seen('docs', NOW - 2 * WEEK) }), NOW)
    expect(lines(page(metrics), 'rag_requests_total')).toHaveLength(1)
  })

  test('makes room for others', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    const ofServices = (prefix: string, at: number) => {
      for (let i = 0; i < 100; i += 1) {
        const service = `${prefix}-${i}`
        metrics.apply(committed({ measurements: [requests(service, 1)], seen: seen(service, at) }), at)
      }
    }
    ofServices('old', NOW)
    page(metrics, NOW + WEEK + 1)
    ofServices('new', NOW + WEEK + 2)
    const text = page(metrics, NOW + WEEK + 2)
    expect(lines(text, 'rag_requests_total')).toHaveLength(100)
    expect(text).not.toContain('__other__')
  })
})

describe('a series that is idle for a week while its service is not', () => {
  const WEEK = 7 * DAY_MS

  test('makes room for others, and stays in the total', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    ofModels(metrics, named('old'), NOW)
    ofModels(metrics, ['old-0'], NOW + DAY_MS)
    expect(lines(page(metrics, NOW + WEEK), 'rag_requests_total')).toHaveLength(50)
    expect(lines(page(metrics, NOW + WEEK + 1), 'rag_requests_total')).toEqual([
      'rag_requests_total{service="docs",model="old-0",status="success"} 2',
    ])
    ofModels(metrics, named('new').slice(1), NOW + WEEK + 2)
    const text = page(metrics, NOW + WEEK + 2)
    expect(lines(text, 'rag_requests_total')).toHaveLength(50)
    expect(text).not.toContain('__other__')
    expect(metrics.requestsTotal()).toBe(100)
  })

  test('goes on from its total when it comes back, after a restart too', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    ofModels(metrics, ['a', 'b'], NOW)
    ofModels(metrics, ['b'], NOW + WEEK)
    page(metrics, NOW + WEEK + 1)
    const restarted = new LifetimeMetrics(
      [storedModel('a', 1, NOW), storedModel('b', 2, NOW + WEEK)],
      NOW + WEEK + 1,
      () => 0,
    )
    for (const either of [metrics, restarted]) {
      expect(lines(page(either, NOW + WEEK + 1), 'rag_requests_total')).toEqual([
        'rag_requests_total{service="docs",model="b",status="success"} 2',
      ])
      expect(either.requestsTotal()).toBe(3)
      ofModels(either, ['a', 'a'], NOW + WEEK + 2)
      expect(lines(page(either, NOW + WEEK + 2), 'rag_requests_total').toSorted()).toEqual([
        'rag_requests_total{service="docs",model="a",status="success"} 3',
        'rag_requests_total{service="docs",model="b",status="success"} 2',
      ])
      expect(either.requestsTotal()).toBe(5)
    }
  })

  test('finds the page full when it comes back: its total is not added to that of the others', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    ofModels(metrics, ['a', 'a', 'a'], NOW)
    page(metrics, NOW + WEEK + 1)
    ofModels(metrics, [...named('new'), 'a'], NOW + WEEK + 2)
    expect(
      lines(page(metrics, NOW + WEEK + 2), 'rag_requests_total{service="docs",model="__other__"'),
    ).toEqual(['rag_requests_total{service="docs",model="__other__",status="success"} 1'])
    expect(metrics.requestsTotal()).toBe(54)
  })

  test('stays on the page if it has no value of an open label', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(committed({ measurements: [requests('docs', 5)], seen: seen('docs') }), NOW)
    metrics.apply(committed({ seen: seen('docs', NOW + WEEK) }), NOW + WEEK)
    expect(lines(page(metrics, NOW + WEEK + 1), 'rag_requests_total')).toHaveLength(1)
  })

  test('does not come back with its service', () => {
    const metrics = new LifetimeMetrics(
      [storedModel('old', 1, NOW), storedModel('new', 1, NOW + WEEK + 1)],
      NOW + 3 * WEEK,
      () => 0,
    )
    ofModels(metrics, ['newer'], NOW + 3 * WEEK)
    expect(lines(page(metrics, NOW + 3 * WEEK), 'rag_requests_total').toSorted()).toEqual([
      'rag_requests_total{service="docs",model="new",status="success"} 1',
      'rag_requests_total{service="docs",model="newer",status="success"} 1',
    ])
    expect(metrics.requestsTotal()).toBe(3)
  })
})

function commitOf(delta: number, labels: Record<string, string>): CommittedUpdate {
  return committed({ measurements: [requests('docs', delta, labels)], seen: seen('docs') })
}

function valueOf(metrics: LifetimeMetrics, series: string, now = NOW): string[] {
  const found = page(metrics, now).split('\n')
  return found.filter((line) => line.startsWith(`${series} `)).map((line) => line.slice(series.length + 1))
}

describe('failures of a service that had none', () => {
  const failed = 'rag_requests_total{service="docs",model="a",status="error"}'
  const early = 'rag_requests_total{service="docs",status="error"}'
  test('stand at zero before the first of them, with the model and before there is one', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(commitOf(70, { model: 'a' }), NOW)
    expect([valueOf(metrics, failed), valueOf(metrics, early)]).toEqual([['0'], ['0']])
    metrics.apply(commitOf(60, { model: 'a', status: 'error' }), NOW)
    metrics.apply(commitOf(5, { status: 'error' }), NOW)
    expect([valueOf(metrics, failed), valueOf(metrics, early)]).toEqual([['60'], ['5']])
  })

  test('take the place of no series', () => {
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(commitOf(70, { model: 'a' }), NOW)
    expect(page(metrics)).toContain('rag_metric_series{metric="rag_requests_total"} 1\n')
  })

  test('keep their total while they are idle, so that the next one is an increase of one', () => {
    const week = 7 * DAY_MS
    const metrics = new LifetimeMetrics([], NOW, () => 0)
    metrics.apply(commitOf(60, { model: 'a', status: 'error' }), NOW)
    ofModels(metrics, ['a'], NOW + week)
    expect(valueOf(metrics, failed, NOW + week + 1)).toEqual(['60'])
    metrics.apply(commitOf(1, { model: 'a', status: 'error' }), NOW + week + 2)
    expect(valueOf(metrics, failed, NOW + week + 2)).toEqual(['61'])
  })
})
