/** Values in the filter of traces. */

/** A value as it is written in a filter: in quotes where it would not be read back otherwise. */
export function writeValue(value: string): string {
  if (value !== '' && !/[\s"\\]/.test(value)) return value
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
