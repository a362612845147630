import { afterEach, beforeEach, expect, it } from 'vitest'
import { QueryReader } from '../src/threads/query-reader.ts'

/** A thread in the place of the reader's: it answers with what it was asked, and does not survive one question. */
const THREAD = `
import { parentPort } from 'node:worker_threads'
parentPort.on('message', (query) => {
  if (query === null) return parentPort.close()
  const { id, name, parameters } = query
  if (parameters.deadly) throw new Error('too much')
  if (parameters.refuse) {
    parentPort.postMessage({ id, error: { code: 'query_timeout', message: 'too slow', hint: 'ask for less' } })
  } else if (!parameters.silent) {
    parentPort.postMessage({ id, answer: new TextEncoder().encode(JSON.stringify({ name, parameters })) })
  }
})`

let reader: QueryReader
beforeEach(() => {
  reader = new QueryReader(new URL(`data:text/javascript,${encodeURIComponent(THREAD)}`), '/nowhere')
})
afterEach(() => reader.close())

/** The parameters say what the thread is to do with them. */
const ask = (parameters: object) =>
  reader
    .query('clients', parameters as { now: number })
    .then((answer): unknown => JSON.parse(Buffer.from(answer).toString('utf8')))

it('QueryReader answers queries in their order', async () => {
  const answers = await Promise.all([ask({ now: 1 }), ask({ now: 2 })])
  expect(answers).toEqual([
    { name: 'clients', parameters: { now: 1 } },
    { name: 'clients', parameters: { now: 2 } },
  ])
})

it('QueryReader rejects with the error of the query', async () => {
  await expect(ask({ refuse: true })).rejects.toMatchObject({
    code: 'query_timeout',
    message: 'too slow',
    hint: 'ask for less',
  })
})

it('QueryReader survives a query that its thread does not survive', async () => {
  // An answer that is still on its way when the thread dies may be lost with it.
  expect(await ask({ now: 1 })).toMatchObject({ name: 'clients' })
  const fate = await Promise.allSettled([ask({ deadly: true }), ask({ silent: true })])
  const failed = { status: 'rejected', reason: { code: 'storage_unavailable', retryAfterSeconds: 1 } }
  expect(fate).toMatchObject([failed, failed])
  for (let attempt = 0; attempt < 2; attempt += 1)
    expect(await ask({ now: 3 })).toMatchObject({ name: 'clients' })
})

it('QueryReader lets no more than 200 queries wait', async () => {
  const waiting = Array.from({ length: 200 }, () => ask({ silent: true }).catch((error: unknown) => error))
  expect(() => ask({ now: 1 })).toThrow(expect.objectContaining({ code: 'overloaded' }) as Error)
  await reader.close()
  expect(await Promise.all(waiting)).toHaveLength(200)
})

it('QueryReader ends what waits when it is closed', async () => {
  const waiting = ask({ silent: true })
  const closed = reader.close()
  await expect(waiting).rejects.toMatchObject({ code: 'storage_unavailable' })
  await closed
  await reader.close()
})
