import { ALERTS } from '@ragmeter/ops'
import { expect, test } from 'vitest'
import { inhibitedBy } from './inhibition.ts'
import type { Judged } from './inhibition.ts'

function firing(name: string, labels: Readonly<Record<string, string>>): Judged {
  const alert = ALERTS.find((one) => one.name === name)
  if (alert === undefined) throw new Error(`there is no ${name}`)
  const id = `${name} ${Object.values(labels).join(' ')}`
  const times = { activeAt: 0, firedAt: 0, quietSince: null, resolvedAt: null }
  return { alert, active: { id, name, labels, state: 'firing', value: 1, ...times } }
}

const docs = { service: 'docs' }

test('the worst of a family inhibits the others of its service, and those of no other', () => {
  const alerts = [
    firing('RagElevatedErrorRate', docs),
    firing('RagHighErrorRate', docs),
    firing('RagCriticalErrorRate', docs),
    firing('RagHighErrorRate', { service: 'chat' }),
    firing('RagHighQueryLatency', docs),
  ]
  expect(Array.from(inhibitedBy(alerts))).toEqual([
    ['RagElevatedErrorRate docs', 'RagCriticalErrorRate docs'],
    ['RagHighErrorRate docs', 'RagCriticalErrorRate docs'],
  ])
})

test('alerts of the same severity do not inhibit each other', () => {
  expect(inhibitedBy([firing('RagCriticalErrorRate', docs), firing('RagVeryHighErrorRate', docs)]).size).toBe(
    0,
  )
})

test('one budget that is exceeded says nothing of another, nor of what a service spends', () => {
  const alerts = [
    firing('RagMonthlyBudgetExceeded', { budget: 'all', period: 'monthly' }),
    firing('RagMonthlyBudgetWarning', { budget: 'all', period: 'monthly' }),
    firing('RagMonthlyBudgetWarning', { budget: 'chat', period: 'monthly' }),
    firing('RagDailySpendHigh', docs),
  ]
  expect(Array.from(inhibitedBy(alerts).keys())).toEqual(['RagMonthlyBudgetWarning all monthly'])
})

test('a database that is down explains slow retrieval of its service', () => {
  const database = { ...docs, dependency: 'qdrant', kind: 'vector_store' }
  const alerts = [
    firing('RagDatabaseDown', database),
    firing('RagHighRetrievalLatency', { ...docs, stage: 'retrieval' }),
    firing('RagHighRetrievalLatency', { service: 'chat', stage: 'retrieval' }),
  ]
  expect(Array.from(inhibitedBy(alerts))).toEqual([
    ['RagHighRetrievalLatency docs retrieval', 'RagDatabaseDown docs qdrant vector_store'],
  ])
})

test('a database that is down explains failing calls to it, and none to another one', () => {
  const qdrant = { ...docs, dependency: 'qdrant', kind: 'vector_store' }
  const postgres = { ...docs, dependency: 'postgres', kind: 'database' }
  const alerts = [
    firing('RagDatabaseDown', qdrant),
    firing('RagHighDatabaseErrorRate', qdrant),
    firing('RagHighDatabaseErrorRate', postgres),
    firing('RagHighDatabaseLatency', postgres),
    firing('RagStoreStatsStale', { ...docs, store: 'neo4j' }),
  ]
  expect(Array.from(inhibitedBy(alerts).keys())).toEqual([
    'RagHighDatabaseErrorRate docs qdrant vector_store',
  ])
})

test('a worse alert inhibits nothing on another store, cache or model of its service', () => {
  const alerts = [
    firing('RagMemoryFactsCritical', docs),
    firing('RagMemoryFactsHigh', docs),
    firing('RagVectorStoreLarge', { ...docs, store: 'qdrant', collection: 'pages' }),
    firing('RagStoreStatsStale', { ...docs, store: 'qdrant' }),
    firing('RagVeryLowCacheHitRate', { ...docs, cache: 'semantic' }),
    firing('RagLowCacheHitRate', { ...docs, cache: 'semantic' }),
    firing('RagLowCacheHitRate', { ...docs, cache: 'embedding' }),
  ]
  expect(Array.from(inhibitedBy(alerts).keys())).toEqual([
    'RagMemoryFactsHigh docs',
    'RagLowCacheHitRate docs semantic',
  ])
})

test('a worse alert of a service inhibits those on its parts', () => {
  const alerts = [
    firing('RagCriticalErrorRate', docs),
    firing('RagHighApiErrorRate', { ...docs, route: '/ask' }),
  ]
  expect(Array.from(inhibitedBy(alerts).keys())).toEqual(['RagHighApiErrorRate docs /ask'])
})
