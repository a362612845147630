import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { arrivalsOf, readTrace } from './arrivals.ts'
import { createAsker } from './ask.ts'
import type { DriveCommand } from './command-line.ts'
import { startDriver } from './driver.ts'
import type { DriverCounts } from './driver.ts'
import { questionsPath, readQuestions } from './questions.ts'

const tracePath = fileURLToPath(new URL('../data/azure-llm-arrivals.csv', import.meta.url))
const progressIntervalMs = 10_000
/** How long a stop waits for answers under way. */
const patienceMs = 3_000

/** Drives the service until the signal aborts or the wanted number of requests is through. */
export async function drive(command: DriveCommand, serviceUrl: string, signal: AbortSignal): Promise<void> {
  const [trace, questions] = await Promise.all([readTrace(tracePath), readQuestions(questionsPath)])
  const asker = createAsker(serviceUrl, globalThis.fetch)
  signal.addEventListener('abort', () => setTimeout(asker.hangUp, patienceMs).unref(), { once: true })
  const driver = startDriver({
    arrivals: arrivalsOf(trace, command.speed),
    questions: [...questions.answerable, ...questions.unanswerable],
    ask: asker.ask,
    clock: {
      now: () => performance.now(),
      sleep: async (durationMs, stop) =>
        durationMs === 0
          ? nextTurn(undefined, { signal: stop })
          : sleep(durationMs, undefined, { signal: stop }),
    },
    signal,
    ...(command.requestsMax === undefined ? {} : { requestsMax: command.requestsMax }),
  })
  const progress = command.quiet
    ? undefined
    : setInterval(() => console.log(countsLine(driver.counts)), progressIntervalMs)
  try {
    await driver.done
  } finally {
    clearInterval(progress)
  }
  if (!command.quiet) console.log(countsLine(driver.counts))
}

function countsLine({ asked, answered, notFound, failed, skipped, inFlight }: DriverCounts): string {
  return (
    `asked ${asked}: ${answered} answered, ${notFound} not in the documentation, ${failed} failed, ` +
    `${inFlight} in flight; ${skipped} skipped`
  )
}
