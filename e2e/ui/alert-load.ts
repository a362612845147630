/** A daemon with alerts that really fire: failures of one service, and a clock that is helped over the waiting. */
import { createRequire } from 'node:module'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getJson, startDaemon, until } from '../daemon-process.ts'
import type { DaemonProcess } from '../daemon-process.ts'
import { send } from './known-load.ts'

const MINUTE_MS = 60_000

export const FAILING = 'docs'
export const HEALTHY = 'chat'
/** Of every four requests of the failing service one fails, in its stage generation, since the new release. */
const FAILED_EVERY = 4
const PER_MINUTE = 40

interface ActiveAlert {
  id: string
  name: string
  state: string
  value: number
  labels: Record<string, string>
}

export async function alertsOf({ url }: Pick<DaemonProcess, 'url'>): Promise<ActiveAlert[]> {
  return (await getJson<{ alerts: ActiveAlert[] }>(`${url}/api/v1/alerts`)).alerts
}

/** Two hours of health, then minutes in which requests of one service fail. @param names of the services */
export function failingLoad(now: number, names = { failing: FAILING, healthy: HEALTHY }): object[] {
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS
  return Array.from({ length: 120 }, (_, index) => 120 - index).flatMap((ago) => {
    const isBad = ago <= 12
    return Array.from({ length: isBad ? PER_MINUTE : 8 }, (_, index) => {
      const isFailing = index % 2 === 0
      const isFailed = isBad && isFailing && (index / 2) % FAILED_EVERY === 0
      return {
        id: `${names.failing.slice(0, 20)}-${ago}-${index}`,
        timestamp: minute - ago * MINUTE_MS + index * 700,
        service: isFailing ? names.failing : names.healthy,
        release: isFailing ? (isBad ? '2.1.0' : '2.0.0') : '1.0.0',
        org: ['acme', 'globex', 'initech'][index % 3],
        total_latency_ms: isFailed ? 3100 + index : 400 + index,
        status: isFailed ? 'error' : 'success',
        ...(isFailed ? { error_type: 'llm_error', error_message: 'upstream is away' } : {}),
        stages: [
          { stage: 'retrieval', start_ms: 0, duration_ms: 60 },
          {
            stage: 'generation',
            start_ms: 60,
            duration_ms: isFailed ? 3000 : 320,
            status: isFailed ? 'error' : 'success',
          },
        ],
        retrieval: { retriever: 'bm25', latency_ms: 60, count: 3, scores: [0.9, 0.8, 0.7] },
        generations: [{ provider: 'openai', model: isBad ? 'gpt-4o-mini' : 'gpt-4o', latency_ms: 300 }],
      }
    })
  })
}

/**
 * Starts a daemon, sends it the load, and waits until alerts fire. Alerts wait for minutes before they fire: instead, what
 * the daemon keeps of them is moved back in time while it is stopped.
 */
export async function startAlerting(
  load: readonly object[],
  notifiers: 'webhooks' | 'none',
): Promise<DaemonProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'ragmeter-alerts-'))
  const receiver = createServer((request, response) => {
    // One that works, and one whose address is wrong.
    response.writeHead(request.url === '/hook' ? 200 : 410).end()
    request.resume()
  })
  await new Promise<void>((resolve) => {
    receiver.listen(0, '127.0.0.1', resolve)
  })
  const address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  writeFileSync(join(directory, 'ragmeter.yaml'), configurationOf(notifiers === 'none' ? undefined : address))
  const options = { directory, flags: ['--config', join(directory, 'ragmeter.yaml')] }
  const first = await startDaemon(options)
  await send(first.url, load)
  await until(
    () => alertsOf(first),
    (alerts) => alerts.some(({ name, state }) => name === 'RagCriticalErrorRate' && state !== 'resolved'),
    60_000,
  )
  await first.stop()
  agePending(first.database)
  const daemon = await startDaemon(options)
  await until(
    () => alertsOf(daemon),
    (alerts) => alerts.some(({ name, state }) => name === 'RagCriticalErrorRate' && state === 'firing'),
    60_000,
  )
  return {
    ...daemon,
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]()
      await new Promise((resolve) => {
        receiver.close(resolve)
        receiver.closeAllConnections()
      })
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function configurationOf(address: string | undefined): string {
  if (address === undefined) return 'thresholds: {}\n'
  return [
    'notifiers:',
    `  - { name: on-call, type: webhook, url: "${address}/hook" }`,
    `  - { name: old-pager, type: webhook, url: "${address}/gone" }`,
    '',
  ].join('\n')
}

interface Sqlite {
  exec(sql: string): void
  close(): void
}

/** As if the alerts had been pending for eight minutes. */
function agePending(path: string): void {
  const require = createRequire(join(import.meta.dirname, '../../packages/server/package.json'))
  const { DatabaseSync } = require('@photostructure/sqlite') as { DatabaseSync: new (path: string) => Sqlite }
  const database = new DatabaseSync(path)
  database.exec("UPDATE alert_states SET active_at = active_at - 480000 WHERE state = 'pending'")
  database.close()
}
