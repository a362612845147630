/** Alerts of the daemon: fed by commits, evaluated every some seconds, kept in the database, told to notifiers. */
import { alertsOf } from '@ragmeter/ops'
import type { OpsConfiguration, Signal } from '@ragmeter/ops'
import { RagmeterError } from '@ragmeter/core'
import type { StageReport } from '../lib/stage-report.ts'
import { turnOfTheLoop } from '../lib/turn-of-the-loop.ts'
import type {
  AlertMemory,
  CommittedUpdate,
  Queries,
  QueryName,
  Store,
  StoredAttempt,
  StoredSilence,
} from '../store/store.ts'
import { alertRules } from './alert-rules.ts'
import type { AlertRule } from './alert-rules.ts'
import type { ActiveAlert, Transition } from './alert-state.ts'
import { CommitFeed } from './commit-feed.ts'
import { daemonSignals } from './daemon-signals.ts'
import { Evaluation } from './evaluate.ts'
import { evidenceFor } from './evidence.ts'
import { inhibitedBy } from './inhibition.ts'
import type { Judged } from './inhibition.ts'
import { KnownPast, takePast } from './known-past.ts'
import type { WindowsAnswer } from './known-past.ts'
import type { PublicAlert } from './notify/notification.ts'
import type { Notifier } from './notify/notifiers.ts'
import { Outbox } from './outbox.ts'
import type { NotifierFailure } from './outbox.ts'
import { publicAlert, publicLabelNames, publicLabels } from './public-alert.ts'
import { removedAlert } from './removed-alert.ts'
import { Rounds } from './rounds.ts'
import type { EvaluationError } from './rounds.ts'
import { readSilence, Silences, silenceState } from './silences.ts'
import type { SilenceState } from './silences.ts'
import { sloStates } from './slo-state.ts'
import type { SloState } from './slo-state.ts'
import { planSources } from './sources.ts'
import { Windows } from './windows.ts'
import { WriteBuffer } from './write-buffer.ts'

/** Alerts are evaluated so often; `for` is a whole number of minutes. */
const EVALUATION_INTERVAL_MS = 15_000
const RELEASE_INTERVAL_MS = 3_600_000
/** A round gives the event loop back as soon as it has held it for so long. */
const TURN_MS = 4

export interface EngineOptions {
  readonly store: Pick<Store, 'query' | 'writeAlerts'>
  readonly configuration: OpsConfiguration
  readonly notifiers: readonly Notifier[]
  /** Where the web application is reached; without a slash at the end. */
  readonly externalUrl: () => string
  readonly report: StageReport
  /** States what no commit brings, such as what is spent of the budgets. */
  readonly beforeRound: (windows: Windows, now: number) => Promise<void>
  readonly onProblem: (error: unknown, what: string) => void
  /** Called after every attempt to tell somebody. */
  readonly onAttempt: (notifier: string, outcome: StoredAttempt['outcome']) => void
  /** Epoch milliseconds. */
  readonly now: () => number
  /** From 0 to below 1. */
  readonly random: () => number
}

/** An alert as it is now. */
export interface AlertView extends PublicAlert {
  readonly state: ActiveAlert['state']
  readonly activeAt: number
  readonly firedAt: number | null
  readonly silencedBy: readonly string[]
  readonly inhibitedBy: string | null
}

/** @property evaluated how many alerts are evaluated @property omitted label sets that found no room */
export interface EngineStatus {
  readonly alerts: readonly AlertView[]
  readonly errors: readonly EvaluationError[]
  readonly evaluated: number
  readonly evaluatedAt: number | null
  readonly omitted: number
}

export class AlertEngine implements AsyncDisposable {
  readonly #options: EngineOptions
  readonly #windows: Windows
  readonly #feed: CommitFeed
  readonly #rounds: Rounds
  readonly #writes: WriteBuffer
  #known = new KnownPast()
  #silences = new Silences([])
  #outbox: Outbox | undefined
  #evaluatedAt: number | null = null
  #releasedAt: number
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  /** Attempts of one turn of the loop are written together. */
  #isWriteDue = false
  /** What went wrong outside of any one alert, by what it was. */
  readonly #problems = new Map<string, EvaluationError>()

  constructor(options: EngineOptions) {
    const { configuration, store, now } = options
    this.#options = options
    this.#windows = new Windows(planSources(daemonSignals(configuration)))
    this.#feed = new CommitFeed(this.#windows, now)
    this.#rounds = new Rounds(alertsOf(configuration), configuration.thresholds, this.#windows)
    this.#writes = new WriteBuffer(store)
    this.#releasedAt = now()
  }

  /** Reads what is kept, before the first commit comes. What cannot be read is a visible error, not the end. */
  async load(): Promise<void> {
    const { configuration, now, notifiers, random } = this.#options
    const plan = Array.from(planSources(daemonSignals(configuration)))
    const windows = await this.#read('alertWindows', { plan, now: now() }, 'history')
    if (windows !== undefined) this.#takeHistory(windows as WindowsAnswer)
    const memory = (await this.#read('alertMemory', null, 'state')) as AlertMemory | undefined
    if (memory !== undefined) this.#remember(memory)
    this.#outbox = new Outbox({
      notifiers,
      notices: memory?.notices ?? [],
      record: (attempt, notices) => {
        this.#options.onAttempt(attempt.notifier, attempt.outcome)
        this.#writes.attempt(attempt, notices)
        // At once: what was told is not to be told again after a crash.
        this.#writeSoon()
      },
      onFailing: (failure) => {
        const { name, message } = failureError(failure)
        this.#options.onProblem(new Error(message), name)
      },
      now,
      random,
    })
  }

  /** Evaluates from now on, by the clock. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.round().finally(() => (this.#running = undefined))
    }, EVALUATION_INTERVAL_MS)
    this.#timer.unref()
  }

  /** To be called after every commit, with what it added. */
  committed(update: CommittedUpdate): void {
    this.#feed.add(update)
  }

  /** Evaluates everything, keeps what changed and hands over what is to be told. Never rejects. */
  async round(): Promise<void> {
    const { now, report, beforeRound } = this.#options
    const at = now()
    await this.#try('budgets', () => beforeRound(this.#windows, at))
    this.#feed.flush()
    const transitions = await this.#evaluate(at)
    const { errors, size } = this.#rounds
    report.accepted(size - errors.length)
    if (errors.length > 0) report.dropped('evaluation_failed', errors.length)
    this.#evaluatedAt = at
    this.#writes.transitions(transitions)
    await turnOfTheLoop()
    this.#outbox?.tell(() => this.#views().filter(({ state }) => state !== 'pending'))
    this.#rounds.forget(at, (id) => this.#outbox?.isAwaited(id) ?? false)
    await this.#try('writing', () => this.#flush())
    if (at - this.#releasedAt < RELEASE_INTERVAL_MS) return
    this.#releasedAt = at
    this.#windows.release(at)
  }

  /** Firing first, the worst before the others. */
  status(): EngineStatus {
    return {
      alerts: this.#views(),
      errors: [
        ...this.#problems.values(),
        ...(this.#outbox?.failures().map(failureError) ?? []),
        ...this.#rounds.errors,
      ],
      evaluated: this.#rounds.size,
      evaluatedAt: this.#evaluatedAt,
      omitted: this.#windows.omitted,
    }
  }

  silenceList(): readonly { silence: StoredSilence; state: SilenceState }[] {
    const at = this.#options.now()
    return this.#silences.list().map((silence) => ({ silence, state: silenceState(silence, at) }))
  }

  /** Resolves when it is on disk. @param body of a request @throws ParameterError, StoreError */
  async createSilence(body: unknown): Promise<StoredSilence> {
    const at = this.#options.now()
    const silence = readSilence(body, at, publicLabelNames(this.#options.configuration))
    this.#silences.checkRoom(at)
    await this.#keep(silence)
    return silence
  }

  /** Ends a silence now. @throws RagmeterError `not_found`, StoreError */
  async expireSilence(id: string): Promise<StoredSilence> {
    const at = this.#options.now()
    const silence = this.#silences.find(id)
    if (silence === undefined)
      throw new RagmeterError('not_found', `there is no silence ${JSON.stringify(id)}`, {
        hint: 'GET /api/v1/silences lists them with their ids, and so does: ragmeter alerts silence',
      })
    const endsAt = Math.min(silence.endsAt, at)
    const expired = { ...silence, startsAt: Math.min(silence.startsAt, endsAt), endsAt }
    await this.#keep(expired)
    return expired
  }

  slos(): readonly SloState[] {
    const { configuration, now } = this.#options
    const at = now()
    const evaluation = new Evaluation(this.#windows, configuration.thresholds, at)
    const evaluate = (signal: Signal) => evaluation.signal(signal)
    return configuration.slos.flatMap((slo) => sloStates(slo, evaluate, this.#known, at))
  }

  /** Every alert there is, with the values of its signal now. */
  rules(): readonly AlertRule[] {
    const { configuration, now } = this.#options
    const evaluation = new Evaluation(this.#windows, configuration.thresholds, now())
    return alertRules(configuration, (signal) => evaluation.signal(signal))
  }

  /** @throws RagmeterError `not_found`, and what the queries throw */
  async evidence(
    id: string,
    deadline: number,
  ): Promise<{ view: AlertView; evidence: Readonly<Record<string, unknown>> }> {
    const { configuration, now, store } = this.#options
    const view = this.#views().find((one) => one.id === id)
    if (view === undefined) {
      throw new RagmeterError(
        'not_found',
        `no alert with the id ${JSON.stringify(id)} is pending, firing or lately resolved`,
      )
    }
    const context = { store, thresholds: configuration.thresholds, now: now(), deadline }
    return { view, evidence: await evidenceFor(view, view.activeAt, context) }
  }

  waiting(): ReturnType<Outbox['waiting']> {
    return this.#outbox?.waiting() ?? []
  }

  /** @throws RagmeterError `not_found` */
  async testNotifier(name: string): ReturnType<Outbox['test']> {
    if (this.#outbox === undefined) throw new Error('the alerts are not loaded')
    return this.#outbox.test(name, this.#options.externalUrl())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
    await this.#outbox?.close()
    await this.#try('writing', () => this.#flush())
  }

  async #keep(silence: StoredSilence): Promise<void> {
    this.#writes.silence(silence)
    await this.#flush()
    this.#silences.put(silence)
  }

  /** As in Prometheus, what is committed between two alerts of a round is seen by the second one alone. */
  async #evaluate(at: number): Promise<readonly Transition[]> {
    const transitions: Transition[] = []
    let tookMs = 0
    let began = performance.now()
    for (const changed of this.#rounds.run(at)) {
      transitions.push(...changed)
      const heldMs = performance.now() - began
      if (heldMs < TURN_MS) continue
      tookMs += heldMs
      await turnOfTheLoop()
      began = performance.now()
    }
    this.#options.report.took(tookMs + performance.now() - began)
    return transitions
  }

  #flush(): Promise<void> {
    const active = this.#rounds.active().map((judged) => judged.active)
    return this.#writes.flush(active, this.#evaluatedAt ?? this.#options.now())
  }

  #writeSoon(): void {
    if (this.#isWriteDue) return
    this.#isWriteDue = true
    void turnOfTheLoop().then(() => {
      this.#isWriteDue = false
      return this.#try('writing', () => this.#flush())
    })
  }

  #takeHistory(answer: WindowsAnswer): void {
    this.#known = takePast(this.#windows, answer)
    const { shortened } = answer
    if (shortened === undefined) return
    const metrics = shortened.map(({ metric }) => metric).join(', ')
    const message = `${metrics}: there are too many series to read all of the past at the start; long windows begin later`
    this.#problems.set('history', { name: 'history', message, since: this.#options.now() })
  }

  #remember({ alerts, silences, evaluatedAt }: AlertMemory): void {
    const lastKnown = Math.max(
      evaluatedAt ?? 0,
      ...alerts.flatMap(({ activeAt, firedAt, quietSince, resolvedAt }) => [
        activeAt,
        firedAt ?? 0,
        quietSince ?? 0,
        resolvedAt ?? 0,
      ]),
    )
    this.#silences = new Silences(silences)
    this.#writes.known(alerts)
    const at = this.#options.now()
    const { configuration } = this.#options
    const known = new Map(
      alertsOf({ ...configuration, alerts: {} }).map((alert) => [alert.name, alert] as const),
    )
    const pauseMs = Math.max(0, at - lastKnown)
    this.#rounds.restore(alerts, pauseMs, (name) => known.get(name) ?? removedAlert(name))
  }

  #views(): AlertView[] {
    const { configuration, now } = this.#options
    const at = now()
    const judged = this.#rounds.active()
    const inhibited = inhibitedBy(judged.filter(({ active }) => active.state === 'firing'))
    return judged.map((one) => this.#view(one, inhibited, configuration, at)).toSorted(byUrgency)
  }

  #view(
    { alert, active }: Judged,
    inhibited: ReadonlyMap<string, string>,
    configuration: OpsConfiguration,
    at: number,
  ): AlertView {
    const silencedBy = this.#silences.matching(publicLabels(alert, active), at)
    const worse = inhibited.get(active.id) ?? null
    const suppressedBy = [...silencedBy, ...(worse === null ? [] : [worse])]
    return {
      ...publicAlert(alert, active, configuration, this.#options.externalUrl(), suppressedBy),
      state: active.state,
      activeAt: active.activeAt,
      firedAt: active.state === 'pending' ? null : active.firedAt,
      silencedBy,
      inhibitedBy: worse,
    }
  }

  async #read<Name extends QueryName>(
    name: Name,
    parameters: Queries[Name]['parameters'],
    what: string,
  ): Promise<unknown> {
    let answer: unknown
    await this.#try(what, async () => {
      const bytes = await this.#options.store.query(name, parameters)
      answer = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'))
    })
    return answer
  }

  /** What fails is shown until it works again; evaluation goes on. */
  async #try(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action()
      this.#problems.delete(what)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const since = this.#problems.get(what)?.since ?? this.#options.now()
      if (!this.#problems.has(what)) this.#options.onProblem(error, what)
      this.#problems.set(what, { name: what, message, since })
    }
  }
}

function failureError({ notifier, error, since }: NotifierFailure): EvaluationError {
  return { name: `notifier ${notifier}`, message: `what it has to tell is not delivered: ${error}`, since }
}

const STATE_ORDER = ['firing', 'pending', 'resolved'] as const
const SEVERITY_ORDER = ['critical', 'warning', 'info', 'none'] as const

function byUrgency(left: AlertView, right: AlertView): number {
  return (
    STATE_ORDER.indexOf(left.state) - STATE_ORDER.indexOf(right.state) ||
    SEVERITY_ORDER.indexOf(left.alert.severity) - SEVERITY_ORDER.indexOf(right.alert.severity) ||
    left.startsAt - right.startsAt
  )
}
