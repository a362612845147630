/** The client an application makes once and uses everywhere. */
import { usdOf } from '@ragmeter/core'
import { guardedListener, printDiagnostic } from './diagnostics.ts'
import type { Diagnostic, DiagnosticListener } from './diagnostics.ts'
import { processEnvironment } from './environment.ts'
import { onExit } from './exit-hook.ts'
import {
  measureDependency,
  setCacheEntries,
  setDependencyUp,
  setMemoryFacts,
  setRateLimit,
  setStoreSize,
} from './gauges.ts'
import type { Dependency, RateLimit, StoreSize } from './gauges.ts'
import { createLogger } from './logger.ts'
import type { LoggerOptions, RequestLogger } from './logger.ts'
import { renderMetricsPage } from './metrics-page.ts'
import type { MetricsOptions, MetricsPage } from './metrics-page.ts'
import { createMetricsHandler, serveMetricsPage } from './metrics-server.ts'
import type { MetricsHandler, MetricsServer, MetricsServerOptions } from './metrics-server.ts'
import { createMonitorCore } from './monitor-core.ts'
import type { MonitorCore } from './monitor-core.ts'
import { monitorFunction } from './monitored.ts'
import type { MonitoredOptions } from './monitored.ts'
import { NOOP_TRACE } from './noop-trace.ts'
import type { MonitorOptions, ResolvedOptions } from './options.ts'
import { checkedSettings } from './monitor-settings.ts'
import type { MonitorSettings } from './monitor-settings.ts'
import { deleteGroup, pushPage } from './push-metrics.ts'
import type { PushTarget } from './push-metrics.ts'
import { resolveOptions } from './resolve-options.ts'
import { traceCall } from './trace-call.ts'
import type { Trace, TraceOptions } from './trace.ts'

/** Intervals of the client while nothing has to be sent. */
const IN_PROCESS_INTERVAL_MS = 10_000

/**
 * Measures the requests of a RAG application. Neither the constructor nor any method throws into the application,
 * whatever it is given (only where the function to run is missing, there is nothing else to do), and nothing keeps the
 * process alive.
 *
 * @example
 * const monitor = new MonitorClient({ service: 'docs-assistant', sampleRate: 0.1 })
 * const answer = await monitor.trace(question, { operation: 'ask' }, async (trace) => {
 *   const documents = await trace.retrieval({ retriever: 'bm25' }, () => index.search(question))
 *   return trace.generation({ provider: 'openai', model: 'gpt-4o' }, () => ask(question, documents))
 * })
 */
export class MonitorClient implements AsyncDisposable {
  readonly #core: MonitorCore | undefined
  readonly #options: ResolvedOptions
  readonly #report: DiagnosticListener
  readonly #timer: NodeJS.Timeout | undefined
  readonly #removeExitListener: () => void
  #closing: Promise<boolean> | undefined
  #isFlushSoon = false
  #flushedAtStart = -1

  /** @param settings parts for tests and special surroundings; applications need none */
  constructor(options: MonitorOptions = {}, settings: MonitorSettings = {}) {
    const wrongOptions: Diagnostic[] = []
    const note = (diagnostic: Diagnostic) => wrongOptions.push(diagnostic)
    const parts = checkedSettings(settings, note)
    this.#options = resolveOptions(options, parts.environment ?? processEnvironment(), note)
    const listener = parts.onDiagnostic ?? (this.#options.debug ? printDiagnostic : () => undefined)
    this.#report = guardedListener(listener)
    for (const diagnostic of wrongOptions) warnOfOption(diagnostic, parts.onDiagnostic)
    this.#removeExitListener = () => undefined
    if (!this.#options.enabled) return
    const core = createMonitorCore(this.#options, parts, this.#report, () => this.#flushSoon())
    this.#core = core
    const interval = core.exporter === undefined ? IN_PROCESS_INTERVAL_MS : this.#options.flushIntervalMs
    this.#timer = setInterval(() => void this.#tick(core), interval).unref()
    this.#removeExitListener = onExit({
      beforeExit: () => this.#flushBeforeExit(core),
      exit: () => core.exporter?.sealNow(),
    })
    if (core.spool !== undefined) core.exporter?.adopt(core.spool.adopt())
  }

  /** Whether anything is measured. */
  get enabled(): boolean {
    return this.#core !== undefined && this.#closing === undefined
  }

  /**
   * Runs a function as one request: times it, counts how it ends, and makes the trace the current one inside.
   * Works for synchronous and asynchronous functions; when a stream is returned, the request ends with the stream.
   * @param query the question; only its hash and its length leave the process
   * @returns what the function returns
   */
  trace<Result>(query: string, run: (trace: Trace) => Result): Result
  trace<Result>(query: string, options: TraceOptions, run: (trace: Trace) => Result): Result
  trace<Result>(
    query: string,
    options: TraceOptions | ((trace: Trace) => Result),
    run?: (trace: Trace) => Result,
  ): Result {
    const work = typeof run === 'function' ? run : options
    if (typeof work !== 'function')
      throw new TypeError('monitor.trace needs a function to run: trace(query, options, run).')
    const { tracer } = this.#core ?? {}
    if (tracer === undefined || !this.enabled) return work(NOOP_TRACE)
    return traceCall(tracer.start(query, typeof options === 'function' ? undefined : options), work)
  }

  /**
   * Starts a request by hand; `end()` must be called.
   * @example
   * using trace = monitor.startTrace(question, { operation: 'ask' })
   * // ...
   * trace.end()
   */
  startTrace(query: string, options?: TraceOptions): Trace {
    const core = this.#core
    return core === undefined || this.#closing !== undefined ? NOOP_TRACE : core.tracer.start(query, options)
  }

  /**
   * The request this code runs in, if it runs inside `trace()` or `Trace.run()` and the request has not ended: a timer
   * that was started by a request is part of none once that is over.
   */
  currentTrace(): Trace | undefined {
    return this.#core?.tracer.current
  }

  /**
   * What a model call would cost, by the prices of this client.
   * @returns US dollars; null if no price is known, never 0 for that
   */
  estimateCost(call: {
    provider?: string
    model: string
    inputTokens: number
    outputTokens: number
  }): number | null {
    if (this.#core === undefined) return null
    const { prices, now } = this.#core
    try {
      const { provider, model, inputTokens, outputTokens } = call
      return usdOf(prices.price(provider, model, { inputTokens, outputTokens }, now()).costNanoUsd)
    } catch {
      // A call without a model, or with values of another kind, has no price.
      return null
    }
  }

  /** The quota of a model provider, from the rate-limit headers of its answers. */
  setRateLimit(limit: RateLimit): void {
    this.#state(({ recorder }) => setRateLimit(recorder, limit))
  }

  /** Facts the application remembers, by type. */
  setMemoryFacts(factType: string, count: number): void {
    this.#state(({ recorder }) => setMemoryFacts(recorder, factType, count))
  }

  /** Entries of a cache. */
  setCacheEntries(cache: string, count: number): void {
    this.#state(({ recorder }) => setCacheEntries(recorder, cache, count))
  }

  /** The size of a vector or graph store, and that it was read just now. */
  setStoreSize(size: StoreSize): void {
    this.#state(({ recorder, now }) => setStoreSize(recorder, size, now()))
  }

  /** Whether the last probe of a dependency succeeded. */
  dependencyUp(dependency: Dependency, isUp: boolean): void {
    this.#state(({ recorder }) => setDependencyUp(recorder, dependency, isUp))
  }

  /** Times a call to a dependency and counts how it ended. @returns what the function returns */
  dependency<Result>(dependency: Dependency, run: () => Result): Result {
    const core = this.#core
    return core === undefined ? run() : measureDependency(core.recorder, core.monotonicNow, dependency, run)
  }

  /**
   * Wraps a function so that each call is a request, whatever the function returns: a value, a promise, a generator.
   * Reads tokens, documents and scores from the result (`usage`, `documents`, `relevance_score` ...). Inside another
   * request that has not ended it adds to that one.
   * @returns a function with the same name, arguments, `this` and result
   * @example const ask = monitor.monitored({ operation: 'ask', model: 'gpt-4o' }, async (question: string) => ...)
   */
  monitored<This, Arguments extends unknown[], Result>(
    options: MonitoredOptions<Arguments>,
    run: (this: This, ...values: Arguments) => Result,
  ): (this: This, ...values: Arguments) => Result {
    return monitorFunction(() => (this.enabled ? this.#core?.tracer : undefined), options, run)
  }

  /**
   * The metrics page: everything measured since the process started, for Prometheus. Rejects only if a registry of the
   * application does.
   * @param accept the scraper's `Accept` header
   */
  metricsText(accept?: string, options: MetricsOptions = {}): Promise<MetricsPage> {
    return renderMetricsPage(this.#core, accept, options, this.#report)
  }

  /**
   * Serves the metrics page in the application's own server.
   * @example app.get('/metrics', monitor.metricsHandler({ registries: [promClient.register] }))
   */
  metricsHandler(options: MetricsOptions = {}): MetricsHandler {
    return createMetricsHandler((accept) => this.metricsText(accept, options))
  }

  /**
   * Serves the metrics page at `/metrics` on a port of its own. Does not keep the process alive.
   * @throws {Error} if the port cannot be had
   */
  async serveMetrics(options: MetricsServerOptions & MetricsOptions): Promise<MetricsServer> {
    return serveMetricsPage(this.metricsHandler(options), options)
  }

  /**
   * Pushes the metrics page to a Pushgateway, in place of what the job pushed before, and how its run ended.
   * @example await monitor.pushMetrics(url, { job: 'nightly-index', run: { succeeded: true, expectedIntervalSeconds: 86_400 } })
   * @throws {Error} if the gateway refuses or cannot be reached
   */
  async pushMetrics(gatewayUrl: string, target: PushTarget): Promise<void> {
    const { body } = await this.metricsText()
    const { service } = this.#options
    await pushPage(gatewayUrl, target, body, { service, nowMs: this.#core?.now() ?? Date.now() })
  }

  /** Deletes what the job pushed. @throws {Error} if the gateway refuses or cannot be reached */
  deletePushed(gatewayUrl: string, target: PushTarget): Promise<void> {
    return deleteGroup(gatewayUrl, target)
  }

  /**
   * A pino logger whose lines carry the ids of the current request, and what it started those of that request even after
   * its end.
   * @throws {Error} if the optional package `pino` is not installed
   */
  logger(settings: LoggerOptions = {}): RequestLogger {
    const origin = () => this.#core?.tracer.origin
    return createLogger(origin, () => origin()?.query ?? '', this.#options, settings ?? {})
  }

  /**
   * Sends everything measured so far.
   * @returns whether all of it was taken; if not, sending goes on in the background
   */
  async flush(): Promise<boolean> {
    const core = this.#core
    if (core === undefined) return true
    if (this.#closing !== undefined) return this.#closing
    core.tracer.abandonIdleStreams()
    if (core.exporter !== undefined) return core.exporter.flush()
    core.recorder.drain()
    return true
  }

  /**
   * Sends the last batch and stops. Waits at most `exitTimeoutMs`; measures nothing afterwards.
   * @returns whether everything was taken
   */
  close(): Promise<boolean> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** What the application states of itself may be anything: what cannot be read is counted. */
  #state(write: (core: MonitorCore) => void): void {
    if (this.#core === undefined) return
    try {
      write(this.#core)
    } catch {
      this.#core.recorder.drop('invalid', 1)
    }
  }

  async #close(): Promise<boolean> {
    clearInterval(this.#timer)
    this.#removeExitListener()
    const { exporter, spool } = this.#core ?? {}
    const delivered = await (exporter?.close(this.#options.exitTimeoutMs) ?? Promise.resolve(true))
    spool?.close()
    return delivered
  }

  async #tick(core: MonitorCore): Promise<void> {
    core.tracer.abandonIdleStreams()
    if (core.exporter === undefined) {
      core.recorder.drain()
      return
    }
    if (core.spool !== undefined) {
      core.spool.beat()
      core.exporter.adopt(core.spool.adopt())
    }
    await core.exporter.tick()
  }

  #flushSoon(): void {
    const core = this.#core
    if (core === undefined || this.#isFlushSoon) return
    this.#isFlushSoon = true
    setImmediate(() => {
      void core.exporter?.tick().finally(() => (this.#isFlushSoon = false))
    }).unref()
  }

  /** Once, and again only after further requests: a batch that cannot be sent must not keep the process alive. */
  #flushBeforeExit(core: MonitorCore): void {
    const { exporter, tracer } = core
    if (exporter === undefined || this.#closing !== undefined || this.#flushedAtStart === tracer.started)
      return
    this.#flushedAtStart = tracer.started
    if (!core.recorder.isDirty && exporter.outstanding === 0) return
    const keepAlive = setTimeout(() => undefined, this.#options.exitTimeoutMs)
    void exporter.flush(true).finally(() => clearTimeout(keepAlive))
  }
}

/** A wrong option is told even to those who do not listen: it was meant to do something. */
function warnOfOption(diagnostic: Diagnostic, listener: DiagnosticListener | undefined): void {
  if (listener !== undefined) return guardedListener(listener)(diagnostic)
  process.emitWarning(`ragmeter: ${diagnostic.message} ${diagnostic.hint}`, { code: 'RAGMETER_OPTION' })
}
