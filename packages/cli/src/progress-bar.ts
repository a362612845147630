/** How far something long has come: a bar on a terminal, a line now and then elsewhere. */

/** Standard output or standard error. */
export interface Sink {
  write(text: string): unknown
  isTTY?: boolean | undefined
}

export interface ProgressBar {
  /** @param share 0..1 @param note what is being done, such as a date */
  update(share: number, note: string): void
  /** Leaves the line of the bar empty. */
  end(): void
}

const WIDTH = 32
const LINES = 4
const CLEAR_LINE = '\r\u001b[K'

/** @param title what takes so long */
export function createProgressBar(sink: Sink, title: string): ProgressBar {
  const isTerminal = sink.isTTY === true
  const steps = isTerminal ? 100 : LINES
  let shown = -1
  return {
    update(share, note) {
      const step = Math.floor(share * steps)
      // Drawing takes longer than the work it tells about.
      if (step <= shown) return
      shown = step
      const percent = `${String(Math.floor(share * 100)).padStart(3)} %`
      if (isTerminal) sink.write(`${CLEAR_LINE}${title} ${bar(share)} ${percent}  ${note}`)
      else sink.write(`${title}: ${percent.trim()} (${note})\n`)
    },
    end() {
      if (isTerminal && shown >= 0) sink.write(CLEAR_LINE)
    },
  }
}

function bar(share: number): string {
  const full = Math.round(share * WIDTH)
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}]`
}
