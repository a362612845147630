/** What the state of an error budget means, in plain words. Pure. */
import type { Slo } from './slo-queries.ts'

export type Tone = 'good' | 'warn' | 'bad' | 'none'

export interface Pace {
  tone: Tone
  words: string
}

const HOUR_MINUTES = 60
const DAY_MINUTES = 1440
/** Below it, a quarter of the budget of the window is left. */
const REMAINING_LOW = 0.25
/** Spent as fast, a budget of 30 days lasts two days: what pages people. */
const RATE_FAST = 14.4

/** Burn rate within a window; null without events, undefined if it is not computed. */
export function rateOf(
  { burn_rates: rates }: Pick<Slo, 'burn_rates'>,
  minutes: number,
): number | null | undefined {
  return rates.find(({ window_minutes: window }) => window === minutes)?.rate
}

/** @param ratio above 0: `3 days`, `5 hours`, `40 minutes` */
function lengthWords(days: number): string {
  if (days >= 2) return `${Math.round(days)} days`
  const hours = days * 24
  if (hours >= 2) return `${Math.round(hours)} hours`
  const minutes = Math.round(hours * 60)
  return minutes <= 1 ? 'a minute' : `${minutes} minutes`
}

function overspentWords(remaining: number): string {
  const times = 1 - remaining
  return times >= 2
    ? `The budget is overspent: ${times >= 10 ? Math.round(times) : times.toFixed(1)} times as much has failed as may fail.`
    : 'The budget is overspent: more has failed than may fail.'
}

/** The pace of the last hour if something is wrong right now, otherwise that of the last day. */
export function paceOf(slo: Slo): Pace {
  const { error_budget_remaining: remaining, window_days: windowDays } = slo
  const hour = rateOf(slo, HOUR_MINUTES)
  const day = rateOf(slo, DAY_MINUTES)
  const isWorseNow = hour !== null && hour !== undefined && hour > 1 && hour > (day ?? 0)
  const rate = isWorseNow ? hour : day
  const when = isWorseNow ? 'of the last hour' : 'of the last day'
  if (remaining <= 0)
    return { tone: 'bad', words: `${overspentWords(remaining)} ${recoveryWords(rate, when)}`.trim() }
  if (rate === null || rate === undefined)
    return { tone: 'none', words: 'No events in the last day: nothing is being spent.' }
  if (rate === 0) return { tone: toneOf(remaining, rate), words: 'Nothing has been spent in the last day.' }
  if (rate <= 1)
    return {
      tone: toneOf(remaining, rate),
      words: `At the pace ${when} the budget lasts: it is spent no faster than it comes back.`,
    }
  const days = (remaining * windowDays) / rate
  return {
    tone: toneOf(remaining, rate),
    words: `At the pace ${when} the budget is used up in ${lengthWords(days)}.`,
  }
}

/** @param when `of the last day`: what is spent in the last hour may be something else, and stands beside it. */
function recoveryWords(rate: number | null | undefined, when: string): string {
  if (rate === null || rate === undefined) return ''
  return rate > 1
    ? `At the pace ${when} it is spent faster than it comes back.`
    : `At the pace ${when} it comes back.`
}

function toneOf(remaining: number, rate: number): Tone {
  if (remaining <= 0 || rate >= RATE_FAST) return 'bad'
  return remaining < REMAINING_LOW || rate > 1 ? 'warn' : 'good'
}

/** How a burn rate is to be seen by itself. */
export function rateTone(rate: number | null): Tone {
  if (rate === null) return 'none'
  return rate >= RATE_FAST ? 'bad' : rate > 1 ? 'warn' : 'good'
}

export function windowName(minutes: number): string {
  if (minutes < 60) return `${minutes} min`
  if (minutes < DAY_MINUTES) return `${minutes / 60} h`
  return minutes === DAY_MINUTES ? '1 day' : `${minutes / DAY_MINUTES} days`
}

/** `×1.25`; a dash where there were no events. */
export function rateText(rate: number | null | undefined): string {
  if (rate === null || rate === undefined) return '–'
  return `×${rate >= 100 ? Math.round(rate) : Number(rate.toPrecision(2))}`
}
