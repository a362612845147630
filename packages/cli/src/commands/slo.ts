/** `ragmeter slo`: objectives, what is left of their error budgets, and how fast they are spent. */
import { ANSWER_TIMEOUT_MS, getJson, requireDaemon } from '../ask-daemon.ts'
import { formatCount, formatShare, NO_DATA } from '../format.ts'
import { section } from '../output.ts'
import type { Colours, CommandResult, Row } from '../output.ts'
import { printable } from '../printable.ts'
import { isObject } from '../probe.ts'
import type { CommandContext } from './context.ts'

const MINUTES_PER_HOUR = 60
const MINUTES_PER_DAY = 1440

export async function slo({ folder, token, terminal }: CommandContext): Promise<CommandResult> {
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const body = await getJson(record, '/api/v1/slos', token)
  return { data: body, text: renderSlos(body, terminal.colours), warnings: [] }
}

export function renderSlos(body: Readonly<Record<string, unknown>>, colours: Colours): string {
  const { slos: shown } = printable(body)
  const slos = Array.isArray(shown) ? shown.filter(isObject) : []
  if (slos.length === 0) return 'No service has had events of an objective yet.'
  return slos.map((one) => sloText(one, colours)).join('\n\n')
}

function sloText(one: Readonly<Record<string, unknown>>, colours: Colours): string {
  const {
    name,
    service,
    target,
    window_days,
    covered_days,
    sli,
    events,
    error_budget_remaining,
    burn_rates,
  } = one
  const rates = Array.isArray(burn_rates) ? burn_rates.filter(isObject) : []
  const rows: Row[] = [
    ['Target', `${formatShare(numberOf(target))} in ${String(window_days)} days`],
    ...coverageRows(numberOf(covered_days), numberOf(window_days)),
    ['Good', `${formatShare(numberOf(sli))} of ${formatCount(numberOf(events))} events`],
    ['Budget left', budgetText(numberOf(error_budget_remaining), colours)],
    ...rates.map(({ window_minutes, rate }): Row => {
      const value = numberOf(rate)
      return [`Burn rate ${windowText(Number(window_minutes))}`, value === null ? NO_DATA : value.toFixed(2)]
    }),
  ]
  return section(`${String(name)} of ${String(service)}`, rows, colours)
}

/** After its start a daemon of very many series knows the last part of a long window only. */
function coverageRows(covered: number | null, window: number | null): Row[] {
  if (covered === null || window === null || covered >= window) return []
  return [['Known', `the last ${covered.toFixed(1)} days only: the figures below are of those`]]
}

function budgetText(left: number | null, colours: Colours): string {
  if (left === null) return NO_DATA
  if (left >= 0) return formatShare(left)
  return colours.red(`overspent by ${formatShare(-left)}`)
}

function windowText(minutes: number): string {
  if (minutes % MINUTES_PER_DAY === 0) return `${minutes / MINUTES_PER_DAY} d`
  return minutes % MINUTES_PER_HOUR === 0 ? `${minutes / MINUTES_PER_HOUR} h` : `${minutes} min`
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
