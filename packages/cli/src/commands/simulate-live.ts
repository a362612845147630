/** `ragmeter simulate --live`: the services of the scenario as real traffic, through the real SDK. */
import { setMaxListeners } from 'node:events'
import { MonitorClient } from '@ragmeter/sdk'
import { ANSWER_TIMEOUT_MS, requireDaemon } from '../ask-daemon.ts'
import { CommandError, messageOf } from '../command-error.ts'
import { formatCount } from '../format.ts'
import { playTraffic, stateGauges } from '../live-traffic.ts'
import type { Stage } from '../live-traffic.ts'
import type { CommandResult } from '../output.ts'
import { releaseAt } from '../simulate/history.ts'
import type { IncidentKind } from '../simulate/incidents.ts'
import { CHAT, DOCUMENT_STORE, ENVIRONMENT, SEARCH, SERVICES } from '../simulate/scenario.ts'
import type { ServiceName } from '../simulate/scenario.ts'
import { listenForStop } from '../stop-signals.ts'
import type { CommandContext } from './context.ts'

export const RATE_DEFAULT = 2
export const RATE_MAX = 200
export const SECONDS_MAX = 7 * 24 * 3600
const FLUSH_INTERVAL_MS = 1000
const PUSH_INTERVAL_MS = 5000
const MS_PER_SECOND = 1000

export interface SimulateLiveOptions {
  seed: number
  /** Requests a second. */
  rate: number
  /** undefined plays until Ctrl-C. */
  seconds: number | undefined
  incident: IncidentKind | undefined
  /** A Pushgateway. */
  push: string | undefined
}

type Monitors = Stage['monitors']

/** Plays until the time is over, or until the first Ctrl-C. */
export async function simulateLive(
  context: CommandContext,
  options: SimulateLiveOptions,
): Promise<CommandResult> {
  const { folder, token, terminal } = context
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const monitors = openMonitors(record.url, token)
  const stop = new AbortController()
  // Every request under way waits for it.
  setMaxListeners(0, stop.signal)
  const signals = listenForStop(process, false, (code) => process.exit(code))
  void signals.requested.then(() => stop.abort())
  const end = options.seconds === undefined ? 'until Ctrl-C' : `for ${options.seconds} seconds`
  terminal.progress(`Playing ${options.rate} requests a second to ${record.url} ${end} ...`)
  try {
    // Before the first request: a gateway that cannot be reached is known now, not after an hour.
    await push(monitors, options.push)
    const timer = repeat(monitors, options, terminal)
    const requests = await play(monitors, options, stop.signal).finally(() => clearInterval(timer))
    const delivered = await closeAll(monitors, options)
    return resultOf(record.url, requests, delivered, options.push)
  } finally {
    signals.release()
    await Promise.all(Object.values(monitors).map((monitor) => monitor.close()))
  }
}

function openMonitors(endpoint: string, token: string | undefined): Monitors {
  const open = (service: ServiceName) =>
    new MonitorClient(
      {
        endpoint,
        service,
        environment: ENVIRONMENT,
        release: releaseAt(service, 0, 0).version,
        sampleRate: 1,
        flushIntervalMs: FLUSH_INTERVAL_MS,
        ...(token === undefined ? {} : { token }),
      },
      // Variables are for applications: they would name other services than these.
      { environment: {} },
    )
  return { [SEARCH]: open(SEARCH), [DOCUMENT_STORE]: open(DOCUMENT_STORE), [CHAT]: open(CHAT) }
}

function play(monitors: Monitors, options: SimulateLiveOptions, stopped: AbortSignal): Promise<number> {
  const { seed, rate, incident, seconds } = options
  const durationMs = seconds === undefined ? Infinity : seconds * MS_PER_SECOND
  const stage: Stage = {
    monitors,
    stopped,
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    wait,
  }
  return playTraffic({ seed, rate, incident, durationMs }, stage)
}

/** Resolves, and never rejects: whoever waits looks at the signal itself. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || milliseconds <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done)
  })
}

/** Every few seconds: gauges, and the pages for the gateway. */
function repeat(
  monitors: Monitors,
  { incident, push: gateway }: SimulateLiveOptions,
  terminal: CommandContext['terminal'],
): NodeJS.Timeout {
  stateGauges(monitors, incident)
  return setInterval(() => {
    stateGauges(monitors, incident)
    push(monitors, gateway).catch((error: unknown) => terminal.progress(messageOf(error)))
  }, PUSH_INTERVAL_MS)
}

/** Each service is a job of its own. @throws CommandError with what the gateway says */
async function push(monitors: Monitors, gateway: string | undefined): Promise<void> {
  if (gateway === undefined) return
  try {
    await Promise.all(
      SERVICES.map(({ name }) =>
        monitors[name].pushMetrics(gateway, { job: name, grouping: { environment: ENVIRONMENT } }),
      ),
    )
  } catch (error) {
    throw new CommandError(
      'failure',
      messageOf(error),
      'Start one with: prometheus-pushgateway, and name it with --push http://127.0.0.1:9091',
      error,
    )
  }
}

/** @returns whether the daemon has taken everything */
async function closeAll(monitors: Monitors, { push: gateway }: SimulateLiveOptions): Promise<boolean> {
  await push(monitors, gateway)
  const closed = await Promise.all(Object.values(monitors).map((monitor) => monitor.close()))
  return closed.every(Boolean)
}

function resultOf(
  url: string,
  requests: number,
  delivered: boolean,
  gateway: string | undefined,
): CommandResult {
  const services = SERVICES.map(({ name }) => name)
  const text = [
    `Played ${formatCount(requests)} requests as ${services.join(', ')}, environment ${ENVIRONMENT}.`,
    'The waiting was real; the answers, their tokens and their costs are made up.',
    `Look at it:  ${url}`,
    ...(gateway === undefined ? [] : [`Pushed to:   ${gateway}, where it stays until it is deleted`]),
  ].join('\n')
  const data = { requests, delivered, services, environment: ENVIRONMENT, url, pushed_to: gateway ?? null }
  const warning = {
    code: 'not_delivered',
    message: 'The daemon has not taken everything.',
    hint: 'See: ragmeter status',
  }
  return { data, text, warnings: delivered ? [] : [warning] }
}
