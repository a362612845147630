/** Bytes for people, in steps of 1024: `512 B`, `1.5 MB`. */
import { UNKNOWN } from './format.ts'

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return UNKNOWN
  let value = bytes
  let step = 0
  while (value >= 999.5 && step < UNITS.length - 1) {
    value /= 1024
    step += 1
  }
  return `${step === 0 || value >= 99.95 ? value.toFixed(0) : String(Number(value.toFixed(1)))} ${UNITS[step]}`
}
