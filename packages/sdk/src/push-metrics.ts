/** Prometheus' Pushgateway, for jobs that end before anyone scrapes them. */
import { CardinalityGuard, METRICS, Registry, renderRegistry } from '@ragmeter/core'

export interface PushTarget {
  /** Name of the job: the group of series that a push replaces. */
  job: string
  /** Further labels of the group, such as `{ instance: 'a' }`. @default none */
  grouping?: Readonly<Record<string, string>>
  /** How the run of the job ended; without it nothing is said about the run. */
  run?: JobRun
}

export interface JobRun {
  succeeded: boolean
  durationSeconds?: number
  processedRecords?: number
  /** How often the job should succeed. `RagBatchJobStale` fires if it is more than half as much late. */
  expectedIntervalSeconds?: number
}

const TIMEOUT_MS = 10_000
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** What is known of a run, as lines of a page. They go to the gateway only: it alone knows which job they are about. */
function runText({ run }: PushTarget, service: string, nowMs: number): string {
  if (run === undefined) return ''
  const registry = new Registry({ guard: new CardinalityGuard(() => {}) })
  registry.set(METRICS.jobLastRunFailed, run.succeeded ? 0 : 1, service)
  if (run.succeeded) registry.set(METRICS.jobLastSuccess, nowMs / 1000, service)
  const stated = [
    [METRICS.jobDuration, run.durationSeconds],
    [METRICS.jobProcessedRecords, run.processedRecords],
    [METRICS.jobExpectedInterval, run.expectedIntervalSeconds],
  ] as const
  for (const [metric, value] of stated) if (value !== undefined) registry.set(metric, value, service)
  return [...renderRegistry(registry, 'text')].join('')
}

/**
 * Replaces the group by this page. What a failed run pushes only replaces what it states: the moment of the last success
 * must outlive it.
 * @throws {Error} with the gateway's own words if it refuses, or if it cannot be reached
 */
export async function pushPage(
  gatewayUrl: string,
  target: PushTarget,
  page: string,
  { service, nowMs }: { service: string; nowMs: number },
): Promise<void> {
  const method = target.run?.succeeded === false ? 'POST' : 'PUT'
  await call(method, gatewayUrl, target, page + runText(target, service, nowMs))
}

/** @throws {Error} as {@link pushPage} does */
export async function deleteGroup(gatewayUrl: string, target: PushTarget): Promise<void> {
  await call('DELETE', gatewayUrl, target, undefined)
}

async function call(
  method: string,
  gatewayUrl: string,
  target: PushTarget,
  body: string | undefined,
): Promise<void> {
  const url = groupUrl(gatewayUrl, target)
  const headers: Record<string, string> = {}
  if (body !== undefined) headers['content-type'] = 'text/plain; version=0.0.4; charset=utf-8'
  if (url.username !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`
    url.username = url.password = ''
  }
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const response = await fetch(url, {
    method,
    headers,
    signal,
    ...(body === undefined ? {} : { body }),
  }).catch((error: unknown) => {
    const { message, cause } = error as Error
    const reason = cause instanceof Error ? cause.message : message
    throw new Error(`${method} ${url.href} failed: ${reason}. Check that a Pushgateway listens there.`, {
      cause: error,
    })
  })
  const answer = await response.text()
  if (response.ok) return
  throw new Error(`${method} ${url.href} was refused with ${response.status}: ${answer.trim().slice(0, 500)}`)
}

/** `/metrics/job/<job>{/<label>/<value>}` below the gateway's own path. */
function groupUrl(gatewayUrl: string, { job, grouping = {} }: PushTarget): URL {
  if (!URL.canParse(gatewayUrl))
    throw new Error(`"${gatewayUrl}" is no URL. Name the gateway: http://host:9091.`)
  if (job === '') throw new Error('The job has no name. A Pushgateway keeps metrics by job: state one.')
  const wrong = Object.keys(grouping).find((name) => !LABEL_NAME.test(name) || name === 'job')
  if (wrong !== undefined)
    throw new Error(`"${wrong}" is no name of a grouping label. Use letters, digits and _.`)
  const parts = [['job', job], ...Object.entries(grouping)].map(([name = '', value = '']) =>
    pathPart(name, value),
  )
  const url = new URL(gatewayUrl)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/metrics/${parts.join('/')}`
  url.search = ''
  return url
}

/** The gateway splits the path after decoding it, so a value with a slash, or none at all, travels as base64. */
function pathPart(name: string, value: string): string {
  if (value !== '' && !value.includes('/')) return `${name}/${encodeURIComponent(value)}`
  const encoded = value === '' ? '=' : Buffer.from(value).toString('base64url')
  return `${name}@base64/${encoded}`
}
