/** Entry of the writer's thread: opens the database with all that writes to it, and lets it run. */
import { parentPort, workerData } from 'node:worker_threads'
import { DAY_MS } from '@ragmeter/core'
import { AlertTables } from '../store/sqlite/alert-tables.ts'
import { readLifetimeSeries } from '../store/sqlite/lifetime-series.ts'
import { openWritable, storeError } from '../store/sqlite/open.ts'
import type { WritableDatabase } from '../store/sqlite/open.ts'
import { Retention } from '../store/sqlite/retention.ts'
import { createEnrichment } from './enrichment.ts'
import { Writer } from './writer.ts'
import { WriterLoop } from './writer-loop.ts'
import type { OpenedWriter } from './writer-loop.ts'
import type { FromWriter, WriterSettings } from './writer-messages.ts'

/** @throws StoreError `in_use`, `fatal`, `retryable` */
function open(settings: WriterSettings): OpenedWriter {
  const opened = openWritable(settings.path)
  const { database } = opened
  try {
    const writer = createWriter(opened, settings)
    const retention = new Retention(database, {
      ...settings,
      path: opened.path,
      retentionMs: settings.retentionDays * DAY_MS,
    })
    writer.oldestAccepted = retention.oldestAccepted
    const series = readLifetimeSeries(database)
    const alerts = new AlertTables(database)
    return { writer, retention, alerts, series, [Symbol.dispose]: () => opened[Symbol.dispose]() }
  } catch (error) {
    opened[Symbol.dispose]()
    throw storeError(error, settings.path)
  }
}

function createWriter({ database, findLoss }: WritableDatabase, settings: WriterSettings): Writer {
  return new Writer(database, {
    findLoss,
    ...createEnrichment(database, settings),
    path: settings.path,
    dimensions: settings.dimensions,
    knownSeries: readLifetimeSeries(database),
  })
}

if (parentPort !== null) {
  const settings = workerData as WriterSettings
  try {
    new WriterLoop(parentPort, settings.path, open(settings)).start()
  } catch (error) {
    const { kind, message, hint } = storeError(error, settings.path)
    parentPort.postMessage({ type: 'failed', kind, message, hint } satisfies FromWriter)
  }
}
