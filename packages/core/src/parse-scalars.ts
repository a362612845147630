/** Parses flat objects of scalars: metadata of a trace, attributes of a stage. */
import type { Scalar } from './event.ts'
import { LIMITS } from './limits.ts'
import { wellFormed } from './reader.ts'
import type { Reader } from './reader.ts'

/** Nested values become their JSON text; what exceeds the limits is cut or left out. */
export function parseScalars(
  value: unknown,
  field: string,
  keysMax: number,
  reader: Reader,
): Record<string, Scalar> | undefined {
  const object = reader.object(value, field)
  if (object === undefined) return undefined
  const scalars: Record<string, Scalar> = {}
  let kept = 0
  const keys = Object.keys(object)
  for (const key of keys) {
    if (kept === keysMax) {
      const hint = `Only the first ${keysMax} keys are kept.`
      reader.issue('too_many', field, `${keys.length} keys`, 'warning', hint)
      break
    }
    const name = scalarName(key, field, reader)
    if (name === undefined) continue
    scalars[name] = scalarOf(object[key], field, name, reader)
    kept += 1
  }
  return kept === 0 ? undefined : scalars
}

/** A key that can be kept; undefined, with an issue, for one that cannot. */
export function scalarName(key: string, field: string, reader: Reader): string | undefined {
  if (exceeds(key, LIMITS.metadataKeyBytesMax)) {
    const hint = `Keys are at most ${LIMITS.metadataKeyBytesMax} bytes.`
    return reader.issue('too_long', field, key, 'warning', hint)
  }
  // Assigning to this key would set the prototype instead of a property.
  if (key === '__proto__') return reader.issue('out_of_range', field, key, 'warning', 'Use another key.')
  return wellFormed(key)
}

function scalarOf(value: unknown, field: string, name: string, reader: Reader): Scalar {
  if (value === null || value === undefined || typeof value === 'boolean') return value ?? null
  if (typeof value === 'number') {
    // Adding 0 makes 0 of -0, which JSON cannot carry.
    if (Number.isFinite(value)) return value + 0
    reader.issue('not_finite', `${field}.${name}`, value, 'warning')
    return null
  }
  const text = typeof value === 'string' ? value : jsonText(value)
  if (text === undefined) {
    reader.issue('too_long', `${field}.${name}`, value, 'warning', 'Nest less deeply.')
    return null
  }
  if (!exceeds(text, LIMITS.metadataValueBytesMax)) return wellFormed(text)
  const hint = `Cut to ${LIMITS.metadataValueBytesMax} bytes.`
  reader.issue('too_long', `${field}.${name}`, `${text.length} characters`, 'warning', hint)
  return cutBytes(text, LIMITS.metadataValueBytesMax)
}

/** JSON.parse takes any depth, JSON.stringify throws when the stack is full: then there is no text. */
function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

/** Whether the text is longer than that in UTF-8, in which no code unit takes more than three bytes. */
function exceeds(text: string, bytesMax: number): boolean {
  return text.length * 3 > bytesMax && (text.length > bytesMax || utf8Bytes(text) > bytesMax)
}

function utf8Bytes(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code <= 0x7f) continue
    // Half of a pair is two bytes of the pair's four; alone it becomes U+FFFD, which has three.
    bytes += code <= 0x7ff ? 1 : isPaired(text, i) ? 1 : 2
  }
  return bytes
}

function isPaired(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code >= 0xd800 && code < 0xdc00) return (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
  return code >= 0xdc00 && code < 0xe000 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}

function cutBytes(text: string, bytesMax: number): string {
  let cut = text.slice(0, bytesMax)
  while (utf8Bytes(cut) > bytesMax) cut = cut.slice(0, -1)
  return wellFormed(cut)
}
