/** How statuses are ordered and coloured, wherever they are drawn: what went well at the bottom, what failed on top. */
import type { Tone } from './chart/palette.ts'

export const STATUS_ORDER: readonly string[] = ['success', 'cancelled', 'rejected', 'timeout', 'error']

export const STATUS_TONES: Readonly<Record<string, Tone>> = {
  success: 'good',
  cancelled: 'neutral',
  rejected: 'aside',
  timeout: 'warn',
  error: 'bad',
}

/** Statuses of requests that failed; the others are answers, or were not wanted any more. */
export const FAILED: readonly string[] = ['error', 'timeout']
