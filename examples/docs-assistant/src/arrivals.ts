import { readFile } from 'node:fs/promises'

/** One request of the trace. */
export interface TraceRow {
  /** Milliseconds after the first request of the trace. */
  readonly arrivalMs: number
  readonly contextTokens: number
  readonly generatedTokens: number
}

/** The trace is the first quarter of an hour of the data set, and starts anew after it. */
const tracePeriodMs = 15 * 60 * 1000

const header = 'arrival_ms,context_tokens,generated_tokens'

/** @throws Error if the file is not a trimmed trace in order of arrival */
export async function readTrace(path: string): Promise<TraceRow[]> {
  const [first, ...lines] = (await readFile(path, 'utf8')).trimEnd().split('\n')
  if (first !== header) throw new Error(`${path} is not a trimmed trace: its first line is not "${header}".`)
  let previousMs = 0
  return lines.map((line, index) => {
    const [arrivalMs, contextTokens, generatedTokens] = line.split(',').map(Number)
    if (
      arrivalMs === undefined ||
      contextTokens === undefined ||
      generatedTokens === undefined ||
      !(arrivalMs >= previousMs && arrivalMs < tracePeriodMs)
    ) {
      throw new Error(`${path}, line ${index + 2}: "${line}" is not an arrival after the one before it.`)
    }
    previousMs = arrivalMs
    return { arrivalMs, contextTokens, generatedTokens }
  })
}

/** When to ask, in milliseconds after the start, and the row of the trace that says so. */
export interface Arrival {
  readonly atMs: number
  readonly row: TraceRow
}

/** The trace's arrivals, over and over, `speed` times as fast as they were. */
export function* arrivalsOf(trace: readonly TraceRow[], speed: number): Generator<Arrival, void> {
  for (let round = 0; trace.length > 0; round += 1) {
    for (const row of trace) yield { atMs: (round * tracePeriodMs + row.arrivalMs) / speed, row }
  }
}
