/** Companies that ask, with their share of the questions in percent: one large, a few middling, some small. */
const shares: readonly (readonly [org: string, percent: number])[] = [
  ['northwind-bank', 38],
  ['helio-health', 22],
  ['atlas-freight', 15],
  ['cedar-legal', 10],
  ['polar-games', 7],
  ['quarry-insurance', 5],
  ['tern-museum', 3],
]

const orgByPercent = shares.flatMap(([org, percent]) => Array.from({ length: percent }, () => org))

/** The company for any whole number from 0 up; consecutive numbers give every company its share. */
export function orgOf(key: number): string {
  return orgByPercent[key % orgByPercent.length] ?? ''
}
