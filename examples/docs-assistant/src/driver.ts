import type { Arrival } from './arrivals.ts'
import type { AskOutcome, Question } from './ask.ts'
import { orgOf } from './orgs.ts'

/** What happened so far. Every arrival is either asked or skipped; everything asked is answered, not found, failed or still in flight. */
export interface DriverCounts {
  asked: number
  skipped: number
  inFlight: number
  answered: number
  notFound: number
  failed: number
}

/** Time as the driver sees it. */
export interface DriverClock {
  /** Milliseconds on a monotonic clock. */
  now(): number
  /** Resolves when the time has passed, after a turn of the event loop at least; rejects when the signal aborts. */
  sleep(durationMs: number, signal: AbortSignal): Promise<unknown>
}

export interface DriverOptions {
  readonly arrivals: Iterable<Arrival>
  readonly questions: readonly string[]
  /** Must not reject: what goes wrong is an outcome. */
  readonly ask: (question: Question) => Promise<AskOutcome>
  readonly clock: DriverClock
  /** Ends the drive; questions in flight are still waited for. */
  readonly signal: AbortSignal
  /** Stop after this many arrivals. @default without end */
  readonly requestsMax?: number
  /** Questions waiting for their answer at once, at most; arrivals beyond are skipped and counted. @default 64 */
  readonly inFlightMax?: number
}

export interface Driver {
  /** Live numbers, updated in place. */
  readonly counts: Readonly<DriverCounts>
  /** Resolves when the last question has its outcome. */
  readonly done: Promise<void>
}

/**
 * Asks questions at the times of the trace, whether earlier ones are answered or not (an open loop: a slow service
 * does not slow its users down). Which question, and for which company, follows from the token counts of the
 * trace's row, so two runs ask the same; nothing is random.
 */
export function startDriver(options: DriverOptions): Driver {
  const counts: DriverCounts = { asked: 0, skipped: 0, inFlight: 0, answered: 0, notFound: 0, failed: 0 }
  return { counts, done: drive(options, counts) }
}

async function drive(options: DriverOptions, counts: DriverCounts): Promise<void> {
  const { arrivals, ask, clock, signal, requestsMax = Number.POSITIVE_INFINITY, inFlightMax = 64 } = options
  const inFlight = new Set<Promise<void>>()
  const startMs = clock.now()

  for (const arrival of arrivals) {
    if (counts.asked + counts.skipped >= requestsMax) break
    if (!(await sleepUntil(startMs + arrival.atMs, clock, signal))) break
    if (inFlight.size >= inFlightMax) {
      counts.skipped += 1
      continue
    }
    counts.asked += 1
    counts.inFlight += 1
    const outcome = ask(questionAt(arrival, options.questions)).then((result) => {
      counts.inFlight -= 1
      counts[result] += 1
      inFlight.delete(outcome)
    })
    inFlight.add(outcome)
  }
  await Promise.all(inFlight)
}

/**
 * False if the drive ended first. Timers count whole milliseconds, so the wait is rounded up: never too early. Even
 * an arrival that is overdue, after a stall, leaves the event loop a turn: answers must be able to come in.
 */
async function sleepUntil(atMs: number, clock: DriverClock, signal: AbortSignal): Promise<boolean> {
  const waitMs = Math.max(0, Math.ceil(atMs - clock.now()))
  await clock.sleep(waitMs, signal).catch(() => undefined)
  return !signal.aborted
}

function questionAt({ row }: Arrival, questions: readonly string[]): Question {
  return {
    question: questions[row.contextTokens % questions.length] ?? '',
    org: orgOf(row.generatedTokens),
    replayedOutputTokens: row.generatedTokens,
  }
}
