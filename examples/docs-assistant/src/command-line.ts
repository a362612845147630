import { parseArgs } from 'node:util'

export const help = `docs-assistant: a RAG service over ragmeter's own documentation, measured with ragmeter

  docs-assistant serve    answer questions over HTTP
  docs-assistant drive    ask the service questions at the times of a real trace
  docs-assistant run      both in one process
  docs-assistant index    only the search index, for a service that is given its address

  --port N                 serve, run, index: port on 127.0.0.1; 0 takes a free one (default 7247, index 7248)
  --root DIRECTORY         serve, run, index: checkout whose documentation is indexed (default: this one)
  --index URL              serve, run: search the index that runs there, not one of its own
  --simulate-llm-latency   serve, run: answer as slowly as a language model would; the model's name says so
  --url URL                drive: where the service is (default http://127.0.0.1:7247)
  --speed N                drive, run: times as fast as the trace, which has 4.9 requests a second (default 1)
  --requests N             drive, run: stop after N arrivals (default: the trace over and over)
  --quiet                  drive, run: no progress lines
  --help                   this text

Environment
  RAGMETER_ENDPOINT        where measurements go (default http://127.0.0.1:7246); other RAGMETER_* as in the SDK's README
  OPENAI_MODEL             answer with this language model; without it answers are quotes from the documentation
  OPENAI_BASE_URL          any endpoint with OpenAI's chat completions (default https://api.openai.com/v1)
  OPENAI_API_KEY           its key, if it needs one
`

export interface IndexCommand {
  readonly port: number
  readonly root: string | undefined
}

export interface ServeCommand extends IndexCommand {
  /** Undefined: the index is in the process itself. */
  readonly indexUrl: string | undefined
  readonly simulateLatency: boolean
}

export interface DriveCommand {
  readonly speed: number
  readonly requestsMax: number | undefined
  readonly quiet: boolean
}

export type Command =
  | { readonly name: 'help' }
  | ({ readonly name: 'index' } & IndexCommand)
  | ({ readonly name: 'serve' } & ServeCommand)
  | ({ readonly name: 'drive'; readonly url: string } & DriveCommand)
  | ({ readonly name: 'run' } & ServeCommand & DriveCommand)

const optionsByCommand = {
  index: ['port', 'root'],
  serve: ['port', 'root', 'index', 'simulate-llm-latency'],
  drive: ['url', 'speed', 'requests', 'quiet'],
  run: ['port', 'root', 'index', 'simulate-llm-latency', 'speed', 'requests', 'quiet'],
} as const

/** @throws Error telling what is wrong with the arguments */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      root: { type: 'string' },
      index: { type: 'string' },
      'simulate-llm-latency': { type: 'boolean' },
      url: { type: 'string' },
      speed: { type: 'string' },
      requests: { type: 'string' },
      quiet: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help === true) return { name: 'help' }
  const [name, ...more] = positionals
  if ((name !== 'serve' && name !== 'drive' && name !== 'run' && name !== 'index') || more.length > 0) {
    throw new Error(`Expected one of serve, drive, run, index; got "${positionals.join(' ')}".`)
  }
  const allowed: readonly string[] = optionsByCommand[name]
  const stray = Object.keys(values).find((option) => !allowed.includes(option))
  if (stray !== undefined) throw new Error(`"${name}" has no option --${stray}.`)

  if (values.root !== undefined && values.index !== undefined)
    throw new Error('--root says what is indexed, --index that somebody else has done it: give one of them.')
  const port = wholeNumber('port', values.port, { min: 0, max: 65_535 })
  const serve: ServeCommand = {
    port: port ?? 7247,
    root: values.root,
    indexUrl: values.index === undefined ? undefined : httpUrl('index', values.index),
    simulateLatency: values['simulate-llm-latency'] ?? false,
  }
  const drive: DriveCommand = {
    speed: positiveNumber('speed', values.speed) ?? 1,
    requestsMax: wholeNumber('requests', values.requests, { min: 1, max: Number.MAX_SAFE_INTEGER }),
    quiet: values.quiet ?? false,
  }
  if (name === 'index') return { name, port: port ?? 7248, root: values.root }
  if (name === 'serve') return { name, ...serve }
  if (name === 'drive') return { name, url: httpUrl('url', values.url ?? 'http://127.0.0.1:7247'), ...drive }
  return { name, ...serve, ...drive }
}

function wholeNumber(
  option: string,
  text: string | undefined,
  { min, max }: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new Error(`--${option} must be a whole number from ${min} to ${max}, got "${text}".`)
  }
  return value
}

function positiveNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!(value > 0 && Number.isFinite(value))) {
    throw new Error(`--${option} must be a number above 0, got "${text}".`)
  }
  return value
}

function httpUrl(option: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new Error(`--${option} must be an http:// or https:// address, got "${text}".`)
  }
  return text
}
