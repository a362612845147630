/** Points of the API as values over steps. A step without a point is null: a gap is a gap. */

export type Value = number | null

/** How a label that is empty is called. */
export const NOT_STATED = 'not stated'

export interface Point {
  at: number
  value?: number
  count?: number
  sum?: number
  quantiles?: Record<string, number>
  buckets?: number[]
}

export interface Answer {
  from: number
  to: number
  step_seconds: number
  bucket_bounds?: number[]
  omitted: number
  series: { labels: Record<string, string>; points: Point[] }[]
}

export interface Line {
  name: string
  values: readonly Value[]
}

/** Starts of the steps of an answer, in epoch milliseconds. */
export function stepsOf({
  from,
  to,
  step_seconds: seconds,
}: Pick<Answer, 'from' | 'to' | 'step_seconds'>): number[] {
  return Array.from(
    { length: Math.max(0, Math.round((to - from) / (seconds * 1000))) },
    (_, index) => from + index * seconds * 1000,
  )
}

/** One value for each step. */
function valuesOf(
  answer: Answer,
  points: readonly Point[],
  read: (point: Point) => number | undefined,
): Value[] {
  const byStep = new Map(points.map((point) => [point.at, read(point) ?? null]))
  return stepsOf(answer).map((at) => byStep.get(at) ?? null)
}

/**
 * A line for each series. Where others have something to say and this one does not, a count is zero: its service was
 * there. A percentile or an average of nothing stays a gap: `gaps: 'kept'`.
 */
export function linesOf(
  answer: Answer,
  label: string,
  read: (point: Point) => number | undefined,
  gaps: 'zero' | 'kept' = 'zero',
): Line[] {
  const lines = answer.series.map(({ labels, points }) => ({
    name: labels[label] === undefined || labels[label] === '' ? NOT_STATED : labels[label],
    values: valuesOf(answer, points, read),
  }))
  if (gaps === 'kept') return lines
  const isAlive = stepsOf(answer).map((_, index) => lines.some(({ values }) => values[index] !== null))
  return lines.map(({ name, values }) => ({
    name,
    values: values.map((value, index) => value ?? (isAlive[index] === true ? 0 : null)),
  }))
}

/** The only series of an answer that was asked without `by`. */
export function totalOf(answer: Answer | undefined, read: (point: Point) => number | undefined): Value[] {
  return answer === undefined ? [] : valuesOf(answer, answer.series[0]?.points ?? [], read)
}

/** How many values are behind each point, over all series. */
export function countsOf(answer: Answer): Value[] {
  return answer.series.flatMap(({ points }) => points.map(({ count }) => count ?? null))
}

/** Part of a whole, step by step: nothing of something is 0, anything of nothing is unknown. */
export function ratios(parts: readonly Value[], wholes: readonly Value[]): Value[] {
  return wholes.map((whole, index) => (whole === null || whole === 0 ? null : (parts[index] ?? 0) / whole))
}

/**
 * What share some values of a label have of all: one line, or one for each value of another label, the largest whole first.
 * A step without anything is a gap.
 */
export function ratioLines(
  answer: Answer,
  label: string,
  part: readonly string[],
  by: string | undefined,
): Line[] {
  const groups = new Map<string, Answer['series']>()
  for (const one of answer.series) {
    const name = by === undefined ? '' : (one.labels[by] ?? '')
    groups.set(name, [...(groups.get(name) ?? []), one])
  }
  const lines = Array.from(groups, ([name, series]) => {
    const group = linesOf({ ...answer, series }, label, ({ value }) => value)
    const whole = added(answer, group)
    const parts = added(
      answer,
      group.filter((line) => part.includes(line.name)),
    )
    return { name: name === '' ? NOT_STATED : name, size: sum(whole) ?? 0, values: ratios(parts, whole) }
  })
  return lines.toSorted((left, right) => right.size - left.size).map(({ name, values }) => ({ name, values }))
}

function added(answer: Answer, lines: readonly Line[]): Value[] {
  return stepsOf(answer).map((_, index) => sum(lines.map(({ values }) => values[index] ?? null)))
}

/** Of a step that is not over, a rate is known once that much of it has gone by. */
const ELAPSED_SHARE_MIN = 0.2

/**
 * Increases per second. The step that `now` lies in is divided by what has gone by of it, so that a line does not fall at
 * its end every time. @param now epoch milliseconds
 */
export function perSecond(
  values: readonly Value[],
  steps: readonly number[],
  stepMs: number,
  now: number,
): Value[] {
  return values.map((value, index) => {
    const elapsedMs = Math.min(stepMs, now - (steps[index] ?? 0))
    return value === null || elapsedMs < stepMs * ELAPSED_SHARE_MIN ? null : (value * 1000) / elapsedMs
  })
}

/** Null if there is nothing to add up: no data is not zero. */
export function sum(values: readonly Value[]): Value {
  return values.some((value) => value !== null)
    ? values.reduce<number>((total, value) => total + (value ?? 0), 0)
    : null
}

/** The largest lines, and the rest as one that says how many it stands for. */
export function topLines(lines: readonly Line[], max: number, omitted = 0): Line[] {
  const total = ({ values }: Line) => sum(values) ?? 0
  const sorted = lines.toSorted((left, right) => total(right) - total(left))
  if (sorted.length <= max) return sorted
  const rest = sorted.slice(max)
  const values = (rest[0]?.values ?? []).map((_, index) =>
    sum(rest.map((line) => line.values[index] ?? null)),
  )
  const more = omitted === 0 ? '' : ` (${omitted} more left out)`
  return [...sorted.slice(0, max), { name: `${rest.length} others${more}`, values }]
}

export interface Heat {
  /** Upper bounds of the rows, ascending; null has none. */
  bounds: readonly (number | null)[]
  /** For each step the counts of the rows; null where there was nothing at all. */
  columns: readonly (readonly number[] | null)[]
}

/** Counts between bounds over time, without the empty rows above and below. */
export function heatOf(answer: Answer | undefined): Heat {
  const bounds = [...(answer?.bucket_bounds ?? []), null]
  if (answer === undefined) return { bounds: [], columns: [] }
  const points = new Map(answer.series[0]?.points.map((point) => [point.at, point.buckets]))
  const columns = stepsOf(answer).map((at) => points.get(at) ?? null)
  const used = bounds.map((_, row) => columns.some((column) => (column?.[row] ?? 0) > 0))
  const first = used.indexOf(true)
  const last = used.lastIndexOf(true)
  if (first < 0) return { bounds: [], columns: columns.map(() => null) }
  return {
    bounds: bounds.slice(first, last + 1),
    columns: columns.map((column) => column?.slice(first, last + 1) ?? null),
  }
}
