/** `ragmeter alerts`: what fires, what scenarios make of the alerts, silences, and whether a notifier works. */
import type { OpsConfiguration } from '@ragmeter/ops'
import { alertWarnings } from '../alert-warnings.ts'
import { ANSWER_TIMEOUT_MS, getJson, postJson, requireDaemon } from '../ask-daemon.ts'
import { CommandError } from '../command-error.ts'
import { formatSpan } from '../format.ts'
import type { Colours, CommandResult } from '../output.ts'
import { printable } from '../printable.ts'
import { isObject } from '../probe.ts'
import type { CommandContext } from './context.ts'
import { testScenarios } from './scenarios.ts'
import { silence } from './silence.ts'
import type { SilenceOptions } from './silence.ts'

export const ALERT_ACTIONS = ['list', 'test', 'silence', 'notify'] as const
export type AlertAction = (typeof ALERT_ACTIONS)[number]

export interface AlertsOptions extends SilenceOptions {
  /** Scenario files of `test`, or the notifier of `notify`. */
  readonly files: readonly string[]
  readonly configuration: OpsConfiguration
}

export async function alerts(
  context: CommandContext,
  action: AlertAction,
  options: AlertsOptions,
): Promise<CommandResult> {
  refuseUnused(action, options)
  if (action === 'test') return testScenarios(options.files, options.configuration)
  if (action === 'silence') return silence(context, options)
  if (action === 'notify') return notify(context, options.files)
  return list(context)
}

/** Sends a test to one notifier of the daemon. @throws CommandError if it is not delivered */
async function notify(
  { folder, token }: CommandContext,
  [name, ...more]: readonly string[],
): Promise<CommandResult> {
  if (name === undefined || more.length > 0) {
    const remedy = 'Try: ragmeter alerts notify pager'
    throw new CommandError('usage', 'alerts notify needs the name of one notifier of ragmeter.yaml.', remedy)
  }
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const path = `/api/v1/notifiers/${encodeURIComponent(name)}/test`
  return notifyResult(name, await postJson(record, path, token, {}))
}

/** @throws CommandError if it was not delivered */
export function notifyResult(name: string, answer: Record<string, unknown>): CommandResult {
  if (answer['delivered'] === true) return { data: answer, text: `${name} took the test.`, warnings: [] }
  const remedy = 'See its address and its secret in ragmeter.yaml; secrets are read when the daemon starts.'
  const reason = printable(String(answer['error']))
  throw new CommandError('failure', `${name} did not take the test: ${reason}.`, remedy)
}

/** What an action would not look at must not be typed in vain. @throws CommandError `usage` */
function refuseUnused(action: AlertAction, options: AlertsOptions): void {
  const { files, matchers, duration, author, comment, expire } = options
  const ofSilence = {
    '--match': matchers[0],
    '--for': duration,
    '--author': author,
    '--comment': comment,
    '--expire': expire,
  }
  const unused = {
    ...(action === 'test' || action === 'notify' ? {} : { 'a file': files[0] }),
    ...(action === 'silence' ? {} : ofSilence),
  }
  const [name] = Object.entries(unused).find(([, value]) => value !== undefined) ?? []
  if (name === undefined) return
  const remedy = `Delete it, or see: ragmeter alerts --help`
  throw new CommandError('usage', `alerts ${action} has no use for ${name}.`, remedy)
}

async function list({ folder, token, terminal }: CommandContext): Promise<CommandResult> {
  const { record } = await requireDaemon({ folder, token, timeoutMs: ANSWER_TIMEOUT_MS })
  const body = await getJson(record, '/api/v1/alerts', token)
  const text = renderAlerts(body, terminal.colours, Date.now())
  return { data: body, text, warnings: alertWarnings(body) }
}

/** @param now epoch milliseconds */
export function renderAlerts(body: Readonly<Record<string, unknown>>, colours: Colours, now: number): string {
  const { alerts: shown } = printable(body)
  const listed = (Array.isArray(shown) ? shown.filter(isObject) : []).filter(
    // The watchdog fires always: that is no news.
    ({ severity }) => severity !== 'none',
  )
  if (listed.length === 0) return 'Nothing fires, and nothing is pending.'
  return listed.map((one) => alertText(one, colours, now)).join('\n\n')
}

function alertText(one: Readonly<Record<string, unknown>>, colours: Colours, now: number): string {
  const { name, severity, state, description, id, silenced_by, inhibited_by } = one
  const colour = state !== 'firing' ? colours.dim : severity === 'critical' ? colours.red : colours.yellow
  const notes = [
    ...(Array.isArray(silenced_by) && silenced_by.length > 0 ? ['silenced'] : []),
    ...(typeof inhibited_by === 'string' ? ['inhibited by a worse one'] : []),
  ]
  const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`
  return [
    `${colour(`${String(state)} ${String(severity)}`)} ${colours.bold(String(name))}${note}`,
    `  ${String(description)}`,
    `  ${colours.dim(`${sinceText(one, now)}, id ${String(id)}`)}`,
  ].join('\n')
}

/** Since when it is in its state. */
function sinceText(
  { active_at, fired_at, resolved_at }: Readonly<Record<string, unknown>>,
  now: number,
): string {
  const at = Number(resolved_at ?? fired_at ?? active_at)
  return `since ${new Date(at).toISOString()}, ${formatSpan((now - at) / 1000)} ago`
}
