/** The daemon: its stages, wired in the order in which a request goes through them. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { RagmeterError } from '@ragmeter/core'
import type { FastifyInstance } from 'fastify'
import { AlertEngine, BudgetWatch, createHistories, createNotifiers, readRunbook } from './alerts/alerts.ts'
import { createAuth, registerApi, registerOpenApi } from './api/api.ts'
import type { Auth } from './api/api.ts'
import { ConfigError } from './config-error.ts'
import type { ServerConfig } from './config.ts'
import { createHttpServer } from './http-server.ts'
import { Admission, registerIngest } from './ingest/ingest.ts'
import { HTTP_LIMITS } from './lib/http-limits.ts'
import type { HttpLimits } from './lib/http-limits.ts'
import { watchIdleConnections } from './lib/idle-connections.ts'
import { createLogger } from './lib/logger.ts'
import type { StageReport } from './lib/stage-report.ts'
import type { Logger } from './lib/logger.ts'
import {
  LifetimeMetrics,
  MetricsPage,
  registerMetrics,
  SelfMetrics,
  watchEventLoop,
} from './metrics/metrics.ts'
import { watchStorage } from './storage-watch.ts'
import { openSqliteStore } from './threads/sqlite-store.ts'
import { storeSettingsOf } from './threads/store-settings.ts'
import type { Store } from './store/store.ts'
import { isOpenPage, registerWeb, Sessions, WEB_FOLDER } from './web/web.ts'

/** Seconds after which a client tries a daemon that was stopping: a restart takes about that long. */
const RESTART_SECONDS = 5
const QUERY_TIMEOUT_MS = 10_000
/** How often connections that have become idle are closed while the daemon stops. */
const IDLE_CHECK_INTERVAL_MS = 50

export interface RunningServer extends AsyncDisposable {
  /** `http://host:port` */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Also in GET /health: tells this daemon from another one under the same process id. */
  readonly nonce: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  /**
   * Resolves if the daemon can store nothing any more and only a new process helps: close it and end, so that whoever
   * supervises the process starts another. What was acknowledged is on disk.
   */
  readonly failed: Promise<Error>
  /** Refuses what is new, finishes what is in flight, closes the database. */
  close(): Promise<void>
}

/** What a test may replace. */
export interface ServerParts {
  openStore?: (config: ServerConfig) => Promise<Store>
  logger?: Logger
  /** Epoch milliseconds. */
  now?: () => number
  /** Milliseconds of any origin, which no setting of a clock moves. */
  monotonic?: () => number
  limits?: Partial<HttpLimits>
  admission?: Admission
  /** Folder of the built web application. */
  webFolder?: URL
}

/** @throws StoreError if the database cannot be opened; the error of listen(), such as EADDRINUSE */
export async function startServer(config: ServerConfig, parts: ServerParts = {}): Promise<RunningServer> {
  const logger = parts.logger ?? createLogger({ level: config.logLevel, file: config.logFile })
  const store = await (parts.openStore ?? openStore)(config)
  try {
    const daemon = await createDaemon(config, store, logger, parts)
    return await listen(config, daemon, logger)
  } catch (error) {
    await store[Symbol.asyncDispose]()
    throw error
  }
}

function openStore(config: ServerConfig): Promise<Store> {
  return openSqliteStore(storeSettingsOf(config))
}

interface Daemon {
  app: FastifyInstance
  store: Store
  limits: HttpLimits
  nonce: string
  startedAt: number
  stopping: boolean
  closeIdleConnections: () => void
  /** Undefined until they have read what is kept of them. */
  alerts: AlertEngine | undefined
  [Symbol.dispose](): void
}

function createSelfMetrics(
  version: string,
  now: () => number,
  admission: Admission,
  eventLoop: ReturnType<typeof watchEventLoop>,
): SelfMetrics {
  return new SelfMetrics(version, {
    residentMemoryBytes: () => process.memoryUsage.rss(),
    cpuMicroseconds: () => {
      const { user, system } = process.cpuUsage()
      return user + system
    },
    startTimeSeconds: now() / 1000 - process.uptime(),
    eventLoopLagSeconds: () => eventLoop.max(),
    inFlight: () => ({ requests: admission.requests, bytes: admission.bytes }),
  })
}

function newDaemon(store: Store, logger: Logger, limits: HttpLimits, startedAt: number): Daemon {
  const app = createHttpServer({
    limits,
    onInternalError: (error, route) => logger.error({ err: error, route }, 'request failed'),
  })
  return {
    app,
    store,
    limits,
    nonce: randomUUID(),
    startedAt,
    stopping: false,
    closeIdleConnections: watchIdleConnections(app.server),
    alerts: undefined,
    [Symbol.dispose]: () => undefined,
  }
}

/** @throws ConfigError if a secret is not where the configuration says it is */
function notifiersOf(
  config: ServerConfig,
  externalUrl: () => string,
  now: () => number,
): ReturnType<typeof createNotifiers> {
  try {
    return createNotifiers(config.notifiers, { fetch, now, externalUrl })
  } catch (error) {
    throw new ConfigError(
      `A notifier cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
      'Set the variable, or write the file, that ragmeter.yaml names, or correct what is in it.',
      error,
    )
  }
}

function createAlerts(
  config: ServerConfig,
  parts: {
    store: Store
    budgets: BudgetWatch
    self: SelfMetrics
    externalUrl: () => string
    report: StageReport
    logger: Logger
    now: () => number
  },
): AlertEngine {
  const { store, budgets, self, externalUrl, report, logger, now } = parts
  const notifiers = notifiersOf(config, externalUrl, now)
  for (const { name } of notifiers) self.notifier(name)
  return new AlertEngine({
    store,
    configuration: config.ops,
    notifiers,
    externalUrl,
    report,
    onAttempt: (notifier, outcome) => self.notified(notifier, outcome),
    beforeRound: (windows, at) => budgets.state(windows, at),
    onProblem: (error, what) => logger.error({ err: error, what }, 'alerts: something does not work'),
    now,
    random: Math.random,
  })
}

async function createDaemon(
  config: ServerConfig,
  store: Store,
  logger: Logger,
  parts: ServerParts,
): Promise<Daemon> {
  const now = parts.now ?? Date.now
  const monotonic = parts.monotonic ?? (() => performance.now())
  const version = readVersion()
  const admission = parts.admission ?? new Admission()
  const eventLoop = watchEventLoop(monotonic)
  const self = createSelfMetrics(version, now, admission, eventLoop)
  const daemon = newDaemon(store, logger, { ...HTTP_LIMITS, ...parts.limits }, now())
  const { app, limits } = daemon
  daemon[Symbol.dispose] = () => eventLoop[Symbol.dispose]()
  const sessions = new Sessions(now)
  const auth = createAuth({ token: config.token, sessions, isOpenPage })
  guard(daemon, auth, self)
  await registerOpenApi(app, version)

  // 1: bodies come in, and go to the store, which decodes, enriches, stores and rolls up (2 to 4) on its own threads.
  registerIngest(app, { store, admission, report: self.stage('ingest'), drainLimits: limits, now })

  // 5a: what was committed becomes visible to Prometheus.
  const storage = watchStorage(() => store.state(), monotonic)
  const lifetime = new LifetimeMetrics(store.series, now(), monotonic)
  const budgets = new BudgetWatch(config.ops.budgets, store, now)
  const storeReport = self.stage('store')
  const shown = { lifetime, budgets: budgets.registry, self, storeReport, storage }
  const page = new MetricsPage({ ...shown, now, monotonic })
  registerMetrics(app, page, self.stage('metrics'))

  // 5b: it is judged, and who is to know is told.
  const externalUrl = () => config.ops.links.ragmeter ?? linkTo(config.host, portOf(app, config.port))
  const report = self.stage('alerts')
  const alerts = createAlerts(config, { store, budgets, self, externalUrl, report, logger, now })
  await alerts.load()
  daemon.alerts = alerts
  store.onCommitted = (update) => {
    page.committed(update)
    alerts.committed(update)
  }

  // 5c: questions.
  registerApi(
    app,
    {
      store,
      storage,
      alerting: alerts,
      histories: createHistories({ store, configuration: config.ops, now }),
      readRunbook,
      requestsTotal: () => lifetime.requestsTotal(),
      load: () => self.load(),
      retentionDays: config.retentionDays,
      dimensions: config.dimensions,
      now,
      startedAt: daemon.startedAt,
      version,
      nonce: daemon.nonce,
      queryTimeoutMs: QUERY_TIMEOUT_MS,
    },
    self.stage('api'),
  )

  // The page that asks them.
  registerWeb(app, {
    folder: parts.webFolder ?? WEB_FOLDER,
    sessions,
    isTokenRequired: config.token !== undefined,
    auth,
  })
  return daemon
}

/** Before any route: who may come in, and whether it is still open. After it: how long that took. */
function guard(daemon: Daemon, auth: Auth, self: SelfMetrics): void {
  daemon.app.addHook('onRequest', (request, reply, done) => {
    if (daemon.stopping) {
      reply.header('connection', 'close')
      done(new RagmeterError('stopping', 'the daemon is stopping', { retryAfterSeconds: RESTART_SECONDS }))
      return
    }
    auth.check(request.routeOptions.url, request)
    done()
  })
  daemon.app.addHook('onResponse', (request, reply, done) => {
    // Paths that do not exist share one name: there is no end of them.
    const route = request.routeOptions.url ?? 'unknown'
    self.answered(route, request.method, reply.statusCode, reply.elapsedTime)
    done()
  })
}

async function listen(config: ServerConfig, daemon: Daemon, logger: Logger): Promise<RunningServer> {
  const { app, startedAt, nonce } = daemon
  await app.listen({ host: config.host, port: config.port })
  const port = portOf(app, config.port)
  const url = urlOf(config.host, port)
  logger.info({ url, db: config.db, version: readVersion() }, 'listening')
  daemon.alerts?.start()
  let closed: Promise<void> | undefined
  const close = () => (closed ??= stop(daemon, logger))
  const { failed } = daemon.store
  void failed.then((error) => logger.fatal({ err: error }, 'the thread of the database ended'))
  return { url, host: config.host, port, nonce, startedAt, failed, close, [Symbol.asyncDispose]: close }
}

async function stop(daemon: Daemon, logger: Logger): Promise<void> {
  const { app, store, limits } = daemon
  daemon.stopping = true
  logger.info('stopping')
  const timer = setTimeout(() => {
    logger.warn('requests in flight were cut off')
    app.server.closeAllConnections()
  }, limits.closeTimeoutMs)
  // One whose last answer goes out now would stay open, and wait for a next request, until its client leaves.
  const idleTimer = setInterval(daemon.closeIdleConnections, IDLE_CHECK_INTERVAL_MS)
  try {
    await app.close()
  } finally {
    clearTimeout(timer)
    clearInterval(idleTimer)
    await daemon.alerts?.[Symbol.asyncDispose]()
    await store[Symbol.asyncDispose]()
    daemon[Symbol.dispose]()
    logger.info('stopped')
  }
}

/** Where a browser on this machine finds the web application. */
function linkTo(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`
  return urlOf(host, port)
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function portOf(app: FastifyInstance, configured: number): number {
  const address = app.server.address()
  return address === null || typeof address === 'string' ? configured : address.port
}

/** package.json lies above src and above dist alike. */
function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return (manifest as { version: string }).version
}
