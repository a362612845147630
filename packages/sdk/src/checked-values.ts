/** What applications hand in, checked: monitoring must neither throw on a wrong value nor measure it. */
import { enums, LIMITS, wellFormed } from '@ragmeter/core'
import type { Status } from '@ragmeter/core'

/** A name or id of bounded length; numbers become text. @returns undefined for what is not stated */
export function checkedText(value: string | undefined, lengthMax: number): string | undefined {
  if (typeof value === 'string') {
    if (value.length <= lengthMax) return value === '' ? undefined : value
    return wellFormed(value.slice(0, lengthMax))
  }
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value)
  return undefined
}

export function checkedLatency(value: number | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= LIMITS.latencyMsMax ? value : undefined
}

/** A count of tokens, documents or characters. */
export function checkedCount(value: number | undefined): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LIMITS.countMax
    ? value
    : undefined
}

/** @returns the same list if every score is a finite number and there are not too many */
export function checkedScores(scores: readonly number[] | undefined): readonly number[] | undefined {
  if (!Array.isArray(scores)) return undefined
  const list = scores as readonly number[]
  if (list.length <= LIMITS.scoresPerRetrievalMax && areFinite(list)) return list
  return list.filter((score) => Number.isFinite(score)).slice(0, LIMITS.scoresPerRetrievalMax)
}

/** By position, since `every` skips the holes of a list. */
function areFinite(list: readonly number[]): boolean {
  for (let i = 0; i < list.length; i += 1) if (!Number.isFinite(list[i])) return false
  return true
}

/** US dollars that one request can cost. */
export function checkedUsd(value: number | undefined): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= LIMITS.costUsdMax ? value : undefined
}

/** One of a closed list of values. @returns undefined for anything else */
export function oneOf<Value extends string>(
  value: Value | undefined,
  values: readonly Value[],
): Value | undefined {
  return value === undefined || values.includes(value) ? value : undefined
}

/** undefined counts as success. */
export function checkedStatus(status: Status | undefined): Status | undefined {
  return oneOf(status, enums.STATUSES)
}
