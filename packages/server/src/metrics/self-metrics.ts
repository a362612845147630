/** What the daemon measures about itself: every stage reports through here. */
import { CardinalityGuard, Registry } from '@ragmeter/core'
import type { CounterSeries } from '@ragmeter/core'
import type { DaemonLoad } from '../lib/daemon-load.ts'
import type { StageReport } from '../lib/stage-report.ts'
import type { CommitReport, StorageState } from '../store/store.ts'
import { RecentCommits } from './recent-commits.ts'
import { NOTIFICATION_OUTCOMES, SELF_METRICS } from './self-catalogue.ts'
import type { DaemonStage } from './self-catalogue.ts'

/** What the process is asked for at each scrape. */
export interface ProcessProbe {
  residentMemoryBytes(): number
  /** Microseconds since the start. */
  cpuMicroseconds(): number
  startTimeSeconds: number
  eventLoopLagSeconds(): number
  inFlight(): { requests: number; bytes: number }
}

export class SelfMetrics {
  readonly registry: Registry
  readonly #probe: ProcessProbe
  readonly #recentCommits = new RecentCommits()
  #cpu = 0
  #deletedTraces = 0

  constructor(version: string, probe: ProcessProbe) {
    this.#probe = probe
    // All labels are closed or ours; a fold would show as `__other__`.
    this.registry = new Registry({ guard: new CardinalityGuard(() => {}), exponential: false })
    this.registry.set(SELF_METRICS.buildInfo, 1, version)
    this.registry.set(SELF_METRICS.startTime, probe.startTimeSeconds, '')
    this.registry.set(SELF_METRICS.storageWritable, 1, '')
  }

  stage(stage: DaemonStage): StageReport {
    const { registry } = this
    registry.count(SELF_METRICS.accepted, 0, stage)
    return {
      accepted: (count) => registry.count(SELF_METRICS.accepted, count, stage),
      dropped: (reason, count) => registry.count(SELF_METRICS.dropped, count, stage, reason),
      took: (durationMs) => {
        registry.observe(SELF_METRICS.duration, durationMs / 1000, 1, stage)
      },
    }
  }

  /** Series of a notifier are there before it has told anything. */
  notifier(name: string): void {
    for (const outcome of NOTIFICATION_OUTCOMES)
      this.registry.count(SELF_METRICS.notifications, 0, name, outcome)
  }

  notified(notifier: string, outcome: (typeof NOTIFICATION_OUTCOMES)[number]): void {
    this.registry.count(SELF_METRICS.notifications, 1, notifier, outcome)
  }

  committed(report: CommitReport, store: StageReport): void {
    const { registry } = this
    store.accepted(report.tracesStored)
    if (report.tracesDuplicate > 0) store.dropped('duplicate', report.tracesDuplicate)
    if (report.tracesRejected > 0) store.dropped('rejected', report.tracesRejected)
    if (report.measurementsRejected > 0) store.dropped('rejected_measurement', report.measurementsRejected)
    if (report.ledgerRowsRejected > 0) store.dropped('rejected_ledger_row', report.ledgerRowsRejected)
    store.took(report.durationMs)
    registry.count(SELF_METRICS.commits, 1, '')
    registry.count(SELF_METRICS.committedBodies, report.bodies, '')
    registry.observe(SELF_METRICS.commitDuration, report.commitMs / 1000, 1, '')
    this.#recentCommits.add(report.commitMs)
    for (const [code, count] of Object.entries(report.issues))
      registry.count(SELF_METRICS.issues, count, code)
  }

  answered(route: string, method: string, status: number, durationMs: number): void {
    this.registry.count(SELF_METRICS.httpRequests, 1, route, method, String(status))
    this.registry.observe(SELF_METRICS.httpDuration, durationMs / 1000, 1, route)
  }

  /** Takes over what is known of the database. */
  storage(state: StorageState): void {
    const { registry } = this
    registry.set(SELF_METRICS.storageBytes, state.bytes, '')
    if (state.bytesMax !== null) registry.set(SELF_METRICS.storageBytesLimit, state.bytesMax, '')
    registry.set(SELF_METRICS.storageTraces, state.traces, '')
    if (state.oldestTraceAt === null) registry.remove(SELF_METRICS.storageOldest, [''])
    else registry.set(SELF_METRICS.storageOldest, state.oldestTraceAt / 1000, '')
    if (state.lastCommitAt !== null)
      registry.set(SELF_METRICS.storageLastCommit, state.lastCommitAt / 1000, '')
    registry.set(SELF_METRICS.storageWritable, state.writeError === null ? 1 : 0, '')
    registry.count(
      SELF_METRICS.storageDeletedTraces,
      Math.max(0, state.deletedTraces - this.#deletedTraces),
      '',
    )
    this.#deletedTraces = state.deletedTraces
  }

  /** Reads the gauges that nobody reports. */
  prepare(): void {
    const { registry } = this
    const probe = this.#probe
    const { requests, bytes } = probe.inFlight()
    registry.set(SELF_METRICS.inFlightRequests, requests, '')
    registry.set(SELF_METRICS.inFlightBytes, bytes, '')
    registry.set(SELF_METRICS.residentMemory, probe.residentMemoryBytes(), '')
    registry.set(SELF_METRICS.eventLoopLag, probe.eventLoopLagSeconds(), '')
    const cpu = probe.cpuMicroseconds()
    registry.count(SELF_METRICS.cpu, cpu - this.#cpu, '')
    this.#cpu = cpu
  }
  /** The same numbers for those who do not scrape. */
  load(): DaemonLoad {
    const probe = this.#probe
    const accepted = this.registry.family(SELF_METRICS.accepted).series as readonly CounterSeries[]
    const dropped = this.registry.family(SELF_METRICS.dropped).series as readonly CounterSeries[]
    return {
      inFlight: probe.inFlight(),
      eventLoopLagMs: probe.eventLoopLagSeconds() * 1000,
      residentMemoryBytes: probe.residentMemoryBytes(),
      commits: this.#recentCommits.times(),
      stages: accepted.map(({ labels: [stage = ''], value }) => ({
        stage,
        accepted: value,
        dropped: Object.fromEntries(
          dropped
            .filter(({ labels }) => labels[0] === stage)
            .map(({ labels, value: count }) => [labels[1] ?? '', count]),
        ),
      })),
    }
  }
}
