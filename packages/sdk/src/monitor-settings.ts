/** The parts an application may replace, checked: one of the wrong kind is reported, and the usual one is taken. */
import type { DiagnosticListener } from './diagnostics.ts'
import type { MonitorParts } from './monitor-core.ts'

export interface MonitorSettings extends MonitorParts {
  /** Hears what the client cannot do. @default prints to stderr when `debug` is set */
  onDiagnostic?: DiagnosticListener
  /** @default the variables of the process */
  environment?: Readonly<Record<string, string | undefined>>
}

const KINDS: Readonly<Record<keyof MonitorSettings, 'function' | 'object'>> = {
  transport: 'object',
  priceLibrary: 'object',
  now: 'function',
  monotonicNow: 'function',
  random: 'function',
  onDiagnostic: 'function',
  environment: 'object',
}

/** Never throws. */
export function checkedSettings(
  settings: MonitorSettings | null | undefined,
  report: DiagnosticListener,
): MonitorSettings {
  const checked: Record<string, unknown> = {}
  for (const [name, kind] of Object.entries(KINDS)) {
    const value = read(settings, name)
    if (value === undefined) continue
    if (typeof value === kind && value !== null) checked[name] = value
    else {
      report({
        code: 'option_invalid',
        message: `The part ${name} must be ${kind === 'object' ? 'an object' : 'a function'}: the usual one is used.`,
        hint: 'Pass nothing, or a part of that kind, in the second argument of MonitorClient.',
      })
    }
  }
  return checked
}

/** @returns null for what cannot be read */
function read(settings: MonitorSettings | null | undefined, name: string): unknown {
  try {
    return (settings as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  } catch {
    return null
  }
}
