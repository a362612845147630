/** The limits of metadata, applied where the application sets it: the ledger counts by these values. */
import { LIMITS, wellFormed } from '@ragmeter/core'
import type { Scalar } from '@ragmeter/core'

export type Metadata = Record<string, Scalar>

/** @returns whether the entry was set as it is; false if it was cut or left out */
export function setMetadata(metadata: Metadata, key: string, value: Scalar): boolean {
  if (typeof key !== 'string' || key === '' || key === '__proto__') return false
  if (exceeds(key, LIMITS.metadataKeyBytesMax)) return false
  if (!Object.hasOwn(metadata, key) && keyCount(metadata) >= LIMITS.metadataKeysMax) return false
  if (typeof value === 'string') {
    const fits = !exceeds(value, LIMITS.metadataValueBytesMax)
    metadata[key] = fits ? value : cut(value, LIMITS.metadataValueBytesMax)
    return fits
  }
  if (typeof value === 'number') {
    metadata[key] = Number.isFinite(value) ? value : null
    return Number.isFinite(value)
  }
  if (typeof value === 'boolean' || value === null) {
    metadata[key] = value
    return true
  }
  return false
}

/** A copy within the limits. */
export function checkedMetadata(
  metadata: Readonly<Record<string, Scalar>> | undefined,
): Metadata | undefined {
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const checked: Metadata = {}
  for (const key of Object.keys(metadata)) setMetadata(checked, key, metadata[key] ?? null)
  return checked
}

function keyCount(metadata: Metadata): number {
  let count = 0
  for (const _ in metadata) count += 1
  return count
}

/** A code unit is at least one byte and at most three, so most texts need no encoder. */
function exceeds(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return true
  return text.length * 3 > bytesMax && Buffer.byteLength(text) > bytesMax
}

function cut(text: string, bytesMax: number): string {
  let end = Math.min(text.length, bytesMax)
  while (Buffer.byteLength(text.slice(0, end)) > bytesMax) end -= 1
  return wellFormed(text.slice(0, end))
}
