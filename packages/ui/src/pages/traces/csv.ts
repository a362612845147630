/** Rows as CSV (RFC 4180), safe to open in a spreadsheet. Pure. */

export type CsvValue = string | number | boolean | null | undefined

/** Unknown is an empty cell, never 0. */
export function csvOf(header: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  const text = String(value)
  // A spreadsheet runs a cell that begins like a formula; names come from whoever sends traces.
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
