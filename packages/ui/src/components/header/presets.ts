/** Ranges people mostly want. */
import { DEFAULT_TO } from '../../lib/time-range.ts'

export interface Preset {
  from: string
  label: string
}

export const PRESETS: readonly Preset[] = [
  { from: 'now-15m', label: 'Last 15 minutes' },
  { from: 'now-1h', label: 'Last hour' },
  { from: 'now-6h', label: 'Last 6 hours' },
  { from: 'now-24h', label: 'Last 24 hours' },
  { from: 'now-2d', label: 'Last 2 days' },
  { from: 'now-7d', label: 'Last 7 days' },
  { from: 'now-30d', label: 'Last 30 days' },
  { from: 'now-90d', label: 'Last 90 days' },
]

export function presetOf(from: string, to: string): Preset | undefined {
  return to === DEFAULT_TO ? PRESETS.find((preset) => preset.from === from) : undefined
}
