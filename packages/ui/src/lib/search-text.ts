/** Parameters of the URL as plain text: `from=now-24h`, not JSON in quotes, so that people can read and write them. */

/** Longer values are no state of ours. */
const VALUE_LENGTH_MAX = 2000

export type SearchText = Record<string, string>

export function parseSearch(search: string): SearchText {
  const entries = Array.from(new URLSearchParams(search))
  return Object.fromEntries(entries.filter(([, value]) => value.length <= VALUE_LENGTH_MAX))
}

/** Colons and commas stay readable; they mean nothing in a query. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  )
  const text = new URLSearchParams(given).toString().replaceAll('%3A', ':').replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}
