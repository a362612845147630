/** What `ragmeter simulate` takes, and which of its two ways is meant. */
import { resolve } from 'node:path'
import { parseTimestamp } from '@ragmeter/core'
import type { ServerConfig } from '@ragmeter/server'
import { InvalidArgumentError, Option } from 'commander'
import { CommandError } from '../command-error.ts'
import type { CommandResult } from '../output.ts'
import { LIVE_INCIDENT_KINDS } from '../live-traffic.ts'
import type { IncidentKind } from '../simulate/incidents.ts'
import { argumentsOf, flagsOf } from '../server-options.ts'
import type { CommandContext } from './context.ts'
import { RATE_DEFAULT, RATE_MAX, SECONDS_MAX, simulateLive } from './simulate-live.ts'
import {
  DAYS_DEFAULT,
  DAYS_MAX,
  REQUESTS_PER_DAY_DEFAULT,
  REQUESTS_PER_DAY_MAX,
  simulate,
  STEPS_MINUTES,
} from './simulate.ts'

const SEED_MAX = Number.MAX_SAFE_INTEGER
const LIVE_ONLY = ['rate', 'seconds', 'incident', 'push'] as const
const HISTORY_ONLY = ['days', 'requests', 'until', 'csv', 'openmetrics', 'step', 'overwrite', 'store']

/** @returns the options, new ones for each command line */
export function simulateOptions(): Option[] {
  return [
    new Option('-d, --days <number>', `length of the history, at most ${DAYS_MAX}`)
      .argParser(wholeNumber(1, DAYS_MAX))
      .default(DAYS_DEFAULT),
    new Option('--seed <number>', 'the same seed and end give the same history')
      .argParser(wholeNumber(0, SEED_MAX))
      .default(1),
    new Option('-n, --requests <number>', `requests of a weekday at its end, at most ${REQUESTS_PER_DAY_MAX}`)
      .argParser(wholeNumber(1, REQUESTS_PER_DAY_MAX))
      .default(REQUESTS_PER_DAY_DEFAULT),
    new Option('--until <time>', 'end of the history, such as 2026-01-31 (default: now)').argParser(readTime),
    new Option('--csv <folder>', 'write requests.csv and daily.csv there, instead of the database'),
    new Option('--openmetrics <file>', 'write what promtool makes blocks of, instead of the database'),
    new Option('--step <minutes>', 'between two samples of --openmetrics; a year is 0.9 GB at 60')
      .choices(STEPS_MINUTES)
      .default('60'),
    new Option('--overwrite', 'replace files that are there'),
    new Option('--store', 'write the database too'),
    new Option('--live', 'send real traffic to the daemon that runs, until Ctrl-C').conflicts(HISTORY_ONLY),
    new Option('--rate <number>', `requests a second of --live, at most ${RATE_MAX}`)
      .argParser(wholeNumber(1, RATE_MAX))
      .default(RATE_DEFAULT),
    new Option('--seconds <number>', 'end --live after so long').argParser(wholeNumber(1, SECONDS_MAX)),
    new Option('--incident <kind>', 'what goes wrong during --live').choices(LIVE_INCIDENT_KINDS),
    new Option('--push <url>', 'push the metrics of --live to this Pushgateway too'),
  ]
}

export interface SimulateCall extends CommandContext {
  config: ServerConfig
  values: Readonly<Record<string, unknown>>
}

/** @param now epoch milliseconds */
export async function runSimulate(
  call: SimulateCall,
  currentDirectory: string,
  now: number,
): Promise<CommandResult> {
  const { values, config } = call
  const path = (name: string) => {
    const stated = values[name] as string | undefined
    return stated === undefined ? undefined : resolve(currentDirectory, stated)
  }
  const seed = values['seed'] as number
  if (values['live'] === true) {
    return simulateLive(call, {
      seed,
      rate: values['rate'] as number,
      seconds: values['seconds'] as number | undefined,
      incident: values['incident'] as IncidentKind | undefined,
      push: values['push'] as string | undefined,
    })
  }
  refuseLiveOptions(values)
  return simulate(
    call,
    {
      config,
      seed,
      days: values['days'] as number,
      requestsPerDay: values['requests'] as number,
      until: values['until'] as number | undefined,
      csv: path('csv'),
      openmetrics: path('openmetrics'),
      stepMinutes: Number(values['step']),
      overwrite: values['overwrite'] === true,
      store: values['store'] === true,
      startCommand: ['ragmeter start', ...argumentsOf(flagsOf(values))].join(' '),
    },
    now,
  )
}

function refuseLiveOptions(values: SimulateCall['values']): void {
  const wrong = LIVE_ONLY.find((name) => name !== 'rate' && values[name] !== undefined)
  if (wrong === undefined) return
  throw new CommandError('usage', `--${wrong} is for --live only.`, `Add --live, or leave --${wrong} out.`)
}

/** A parser for commander. */
export function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (text.trim() !== '' && Number.isInteger(number) && number >= low && number <= high) return number
    throw new InvalidArgumentError(`Expected a whole number from ${low} to ${high}.`)
  }
}

function readTime(text: string): number {
  const parsed = parseTimestamp(text)
  if (parsed !== undefined) return parsed.epochMs
  throw new InvalidArgumentError('Expected a date or a time, such as 2026-01-31 or 2026-01-31T12:00:00Z.')
}
