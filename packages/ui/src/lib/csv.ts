/** Tables as CSV (RFC 4180): numbers in full, for the programs that read them. */

export type CsvCell = string | number | null | undefined

/** @returns text with a heading; unknown cells are empty, which is not 0 */
export function csvOf(heading: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [heading, ...rows].map((row) => row.map(cellText).join(',') + '\r\n').join('')
}

function cellText(cell: CsvCell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return decimalText(cell)
  // Spreadsheets run what begins like a formula, and names come from outside.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Never with an exponent, which some programs take for text. Sums of nano-dollars have nine decimals. */
function decimalText(value: number): string {
  const text = String(value)
  return text.includes('e') ? value.toFixed(9).replace(/\.?0+$/, '') : text
}

/** Hands a file to the browser. */
export function downloadCsv(fileName: string, text: string): void {
  // The mark in front tells spreadsheets that it is UTF-8.
  const address = URL.createObjectURL(new Blob(['\uFEFF', text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  URL.revokeObjectURL(address)
}
