/** What a command prints: text for people, or one line of JSON for programs. Results go to stdout, all else to stderr. */
import pc from 'picocolors'
import type { CommandError } from './command-error.ts'
import { printableJson, printableOutput } from './printable.ts'
import { createProgressBar } from './progress-bar.ts'
import type { ProgressBar, Sink } from './progress-bar.ts'

/** Something the user should know beside the result. */
export interface Notice {
  code: string
  message: string
  /** What to do about it. */
  hint: string
}

export interface CommandResult {
  /** The result for programs: `data` of the envelope. */
  data: Readonly<Record<string, unknown>>
  /** The result for people. */
  text: string
  warnings: readonly Notice[]
  /** Set if the answer is bad news, such as `status` of a daemon that is not there; the text says it too. */
  problem?: CommandError
}

/** The frame of every answer in JSON. */
export interface Envelope {
  command: string
  /** `success` exactly if the process ends with 0. */
  status: 'success' | 'error'
  version: string
  data: Readonly<Record<string, unknown>> | null
  warnings: readonly Notice[]
  errors: readonly Notice[]
}

export type Colours = ReturnType<typeof pc.createColors>

const SILENT: Sink = { write: () => undefined }

/** Where a command writes, and in which form. */
export interface Terminal {
  readonly json: boolean
  /** Colours of stdout; they add nothing where there is no terminal. */
  readonly colours: Colours
  result(command: string, version: string, result: CommandResult): void
  failure(command: string, version: string, error: CommandError): void
  /** A line about what is going on; never in JSON mode. */
  progress(line: string): void
  /** Tells how far something long has come, on stderr; never in JSON mode. */
  progressBar(title: string): ProgressBar
}

export function createTerminal(
  stdout: Sink,
  stderr: Sink,
  environment: Readonly<Record<string, string | undefined>>,
  json: boolean,
): Terminal {
  const wanted = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb'
  const [isColoured, warnsInColour] = [wanted && stdout.isTTY === true, wanted && stderr.isTTY === true]
  const colours = pc.createColors(isColoured)
  const warnColours = pc.createColors(warnsInColour)
  // Whatever a command lets through ends here: a terminal obeys control characters.
  const writeOut = (text: string) => stdout.write(`${printableOutput(text, isColoured)}\n`)
  const writeError = (text: string) => stderr.write(`${printableOutput(text, warnsInColour)}\n`)
  const writeEnvelope = (envelope: Envelope) => stdout.write(`${printableJson(envelope)}\n`)

  return {
    json,
    colours,
    result(command, version, { data, text, warnings, problem }) {
      if (json) {
        const errors = problem === undefined ? [] : [noticeOf(problem)]
        const status = problem === undefined ? 'success' : 'error'
        writeEnvelope({ command, status, version, data, warnings, errors })
        return
      }
      if (text !== '') writeOut(text)
      for (const { message, hint } of warnings) {
        writeError(`${warnColours.yellow('warning:')} ${message} ${hint}`)
      }
    },
    failure(command, version, error) {
      if (json) {
        const errors = [noticeOf(error)]
        writeEnvelope({ command, status: 'error', version, data: null, warnings: [], errors })
        return
      }
      writeError(`${warnColours.red('error:')} ${error.message}\n${error.hint}`)
    },
    progress(line) {
      if (!json) writeError(line)
    },
    progressBar: (title) => createProgressBar(json ? SILENT : stderr, title),
  }
}

function noticeOf({ exit, message, hint }: CommandError): Notice {
  return { code: exit, message, hint }
}

export type Row = readonly [label: string, value: string]

/** Lines of label and value, the values below each other. Labels get no colon: the gap says it. */
export function alignRows(rows: readonly Row[], colours: Colours, indent = 2): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length))
  return rows
    .map(([label, value]) => `${' '.repeat(indent)}${colours.dim(label.padEnd(width))}   ${value}`)
    .join('\n')
}

/** A heading and its lines. */
export function section(heading: string, rows: readonly Row[], colours: Colours): string {
  return `${colours.bold(heading)}\n${alignRows(rows, colours)}`
}
