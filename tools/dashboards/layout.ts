/** Where panels stand: from left to right, in lines of 24 columns. The builders of Grafana place some beyond the edge. */

const COLUMNS = 24

export interface Size {
  readonly w: number
  readonly h: number
}

export interface Position extends Size {
  readonly x: number
  readonly y: number
}

/** A panel that no longer fits begins a line below the highest of the one before; so does all that is as wide as a line. */
export function layOut(sizes: readonly Size[]): readonly Position[] {
  const positions: Position[] = []
  let [x, y, lineHeight] = [0, 0, 0]
  for (const { w, h } of sizes) {
    if (x + w > COLUMNS) [x, y, lineHeight] = [0, y + lineHeight, 0]
    positions.push({ x, y, w, h })
    x += w
    lineHeight = Math.max(lineHeight, h)
  }
  return positions
}
