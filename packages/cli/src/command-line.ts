/** The command line: what there is to type, and how each of it ends. */
import { loadConfig } from '@ragmeter/server'
import type { ServerConfig } from '@ragmeter/server'
import { Argument, Command, CommanderError, Option } from 'commander'
import { CommandError } from './command-error.ts'
import { ALERT_ACTIONS, alerts } from './commands/alerts.ts'
import type { AlertAction } from './commands/alerts.ts'
import type { CommandContext } from './commands/context.ts'
import { demo, DEMO_REQUESTS_DEFAULT, DEMO_REQUESTS_MAX } from './commands/demo.ts'
import { rules } from './commands/rules.ts'
import { runSimulate, simulateOptions, wholeNumber } from './commands/simulate-options.ts'
import { slo } from './commands/slo.ts'
import { startBackground, startForeground } from './commands/start.ts'
import { PERIODS, stats } from './commands/stats.ts'
import type { Period } from './commands/stats.ts'
import { status } from './commands/status.ts'
import { stop } from './commands/stop.ts'
import { exitCodeOf } from './exit-codes.ts'
import { examplesOf, exitCodesText } from './help.ts'
import type { HelpTopic } from './help.ts'
import { createTerminal } from './output.ts'
import type { CommandResult } from './output.ts'
import type { Sink } from './progress-bar.ts'
import { argumentsOf, flagsOf, serverOptions } from './server-options.ts'
import type { OptionScope } from './server-options.ts'
import { commandErrorOf } from './start-failure.ts'

export interface Surroundings {
  arguments: readonly string[]
  environment: Readonly<Record<string, string | undefined>>
  currentDirectory: string
  homeDirectory: string
  /** How Node is to be called to run this command line again. */
  self: readonly string[]
  version: string
  stdout: Sink
  stderr: Sink
}

/** What a command is called with. */
interface Call extends CommandContext {
  config: ServerConfig
  values: Readonly<Record<string, unknown>>
  /** What stands after the name of the command, in the order of its arguments. */
  operands: readonly unknown[]
}

interface CommandDefinition {
  name: Exclude<HelpTopic, 'ragmeter'>
  summary: string
  description: string
  /** Of the daemon's options, those that the command takes. */
  serverOptions: OptionScope
  options: readonly Option[]
  /** @default none */
  operands?: readonly Argument[]
  /** @returns undefined if the command has said all itself */
  run: (call: Call, around: Surroundings) => Promise<CommandResult | undefined>
}

const COMMANDS: readonly CommandDefinition[] = [
  {
    name: 'start',
    summary: 'start the daemon',
    description:
      'Starts the daemon in the background and returns once it answers. Every option can also be set as a variable or in ragmeter.yaml; a flag wins over a variable, a variable over the file.',
    serverOptions: 'all',
    options: [
      new Option('-f, --foreground', 'run in this process, log to standard output, end with Ctrl-C'),
      new Option('--from-background').hideHelp(),
    ],
    run: runStart,
  },
  {
    name: 'stop',
    summary: 'stop the daemon',
    description: 'Stops the daemon gracefully: it finishes the requests under way and closes its database.',
    serverOptions: 'client',
    options: [new Option('--force', 'kill it if it does not end within 5 seconds')],
    run: (call) => stop(call, { force: call.values['force'] === true }),
  },
  {
    name: 'status',
    summary: 'show whether the daemon runs, and how the last 24 hours look',
    description:
      'Shows whether the daemon runs and how it is. The exit code tells it too: ragmeter --help lists them all.',
    serverOptions: 'client',
    options: [],
    run: (call) => status(call),
  },
  {
    name: 'stats',
    summary: 'show requests, errors, latency, retrieval, tokens and cost of a period',
    description:
      'Shows the numbers of a period. Counts, latencies, tokens and costs cover every request, sampled or not.',
    serverOptions: 'client',
    options: [
      new Option('-p, --period <period>', 'how far to look back').choices(PERIODS).default('24h'),
      new Option('-s, --service <name>', 'only this service'),
    ],
    run: ({ values, ...call }) =>
      stats(call, {
        period: values['period'] as Period,
        service: values['service'] as string | undefined,
      }),
  },
  {
    name: 'demo',
    summary: 'send a short real workload, to have something to look at',
    description:
      'Asks a small search over the README of this package a few questions and sends what it measures as service ragmeter-demo. No language model is called and no number is made up. Starts the daemon if none runs.',
    serverOptions: 'client',
    options: [
      new Option('-n, --requests <number>', `how many questions, at most ${DEMO_REQUESTS_MAX}`)
        .argParser(wholeNumber(1, DEMO_REQUESTS_MAX))
        .default(DEMO_REQUESTS_DEFAULT),
    ],
    run: (call, around) =>
      demo(call, { requests: call.values['requests'] as number, start: () => startOf(call, around) }),
  },
  {
    name: 'simulate',
    summary: 'write a year of simulated history, or play simulated traffic',
    description:
      'Writes the history of three services that do not exist into an empty database, or into files: weekly rhythm, growth, releases, and incidents of eight kinds. All of it says that it is simulated, in the name of the service and as environment. With --live, plays them as real traffic to the daemon that runs.',
    serverOptions: 'store',
    options: simulateOptions(),
    run: (call, { currentDirectory }) => runSimulate(call, currentDirectory, Date.now()),
  },
  {
    name: 'alerts',
    summary: 'list alerts, test scenarios of them, silence them, or test a notifier',
    description:
      'Lists the alerts of the daemon, runs scenario files against the alerts as ragmeter.yaml configures them, makes that nobody is told of some alerts for a while (silence without options lists the silences), or sends a test to a notifier.',
    serverOptions: 'client',
    operands: [
      new Argument('<action>', 'what to do').choices(ALERT_ACTIONS),
      new Argument('[files...]', 'scenario files of `test`, or the notifier of `notify`'),
    ],
    options: [
      new Option(
        '-m, --match <label=value...>',
        'silence: alerts whose label is this value, or with != is not',
      ),
      new Option('--for <duration>', 'silence: how long, such as 30m, 2h or 1d; 1h if left out'),
      new Option('--author <name>', 'silence: who'),
      new Option('--comment <text>', 'silence: why'),
      new Option('--expire <id>', 'silence: end this one now'),
    ],
    run: ({ values, operands: [action, files], config, ...call }) =>
      alerts(call, action as AlertAction, {
        files: (files ?? []) as readonly string[],
        configuration: config.ops,
        matchers: (values['match'] ?? []) as readonly string[],
        duration: values['for'] as string | undefined,
        author: values['author'] as string | undefined,
        comment: values['comment'] as string | undefined,
        expire: values['expire'] as string | undefined,
      }),
  },
  {
    name: 'slo',
    summary: 'show what is left of the error budgets',
    description:
      'Shows the service level objectives: the share of good events, the error budget, and how fast it is spent.',
    serverOptions: 'client',
    options: [],
    run: (call) => slo(call),
  },
  {
    name: 'rules',
    summary: 'print rules for Prometheus, or for Loki',
    description:
      'Prints recording and alert rules for Prometheus, made with the thresholds, alerts and objectives of ragmeter.yaml. Needs no daemon.',
    serverOptions: 'client',
    options: [
      new Option('--kubernetes', 'as a PrometheusRule, for the Prometheus operator'),
      new Option('--compat', 'also metrics under the names of other systems, for dashboards made for those'),
      new Option('--logs', 'the alerts on log lines instead, for the ruler of Loki').conflicts([
        'kubernetes',
        'compat',
      ]),
    ],
    run: ({ config, values }) =>
      Promise.resolve(
        rules(config.ops, {
          logs: values['logs'] === true,
          compat: values['compat'] === true,
          kubernetes: values['kubernetes'] === true,
        }),
      ),
  },
]

async function runStart(call: Call, around: Surroundings): Promise<CommandResult | undefined> {
  if (call.values['foreground'] !== true) return startOf(call, around)
  const { config, values } = call
  await startForeground(call, { config, fromBackground: values['fromBackground'] === true })
  return undefined
}

function startOf(call: Call, { environment, self }: Surroundings): Promise<CommandResult> {
  const forwarded = argumentsOf(flagsOf(call.values))
  return startBackground(call, { config: call.config, environment, self, forwarded })
}

/** Runs what was typed. Never rejects. @returns the exit code */
export async function runCommandLine(around: Surroundings): Promise<number> {
  const { stdout, stderr, environment, version } = around
  const terminal = createTerminal(stdout, stderr, environment, around.arguments.includes('--json'))
  const name = nameOf(around.arguments)
  let exit = exitCodeOf('ok')
  const program = createProgram(around, async (definition, values, operands) => {
    const config = loadConfig({ ...around, flags: flagsOf(values) })
    const call = { folder: config.home, token: config.token, terminal, version, config, values, operands }
    const result = await definition.run(call, around)
    if (result === undefined) return
    terminal.result(name, version, result)
    exit = exitCodeOf(result.problem?.exit ?? 'ok')
  })
  try {
    await program.parseAsync(around.arguments, { from: 'user' })
    return exit
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodeOf('ok')
    const failure = error instanceof CommanderError ? usageError(error, program) : commandErrorOf(error)
    terminal.failure(name, version, failure)
    return exitCodeOf(failure.exit)
  }
}

/** The command as it was typed, for answers to what cannot be parsed. */
function nameOf(commandArguments: readonly string[]): HelpTopic {
  const first = commandArguments.find((argument) => !argument.startsWith('-'))
  return COMMANDS.find(({ name }) => name === first)?.name ?? 'ragmeter'
}

type Run = (
  definition: CommandDefinition,
  values: Call['values'],
  operands: Call['operands'],
) => Promise<void>

function createProgram({ stdout, version }: Surroundings, run: Run): Command {
  const program = new Command('ragmeter')
    .description('Production monitoring for RAG applications: start the daemon, look at its numbers.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(jsonOption())
    .addHelpText('after', `${examplesOf('ragmeter')}\n${exitCodesText()}`)
    .exitOverride()
    // Errors are printed by the terminal, as text or as JSON.
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: () => {} })
  for (const definition of COMMANDS) {
    const command = program
      .command(definition.name)
      .summary(definition.summary)
      .description(definition.description)
      .addHelpText('after', examplesOf(definition.name))
      .action(async () => run(definition, command.opts(), command.processedArgs as unknown[]))
    for (const operand of definition.operands ?? []) command.addArgument(operand)
    const options = [...definition.options, ...serverOptions(definition.serverOptions), jsonOption()]
    for (const option of options) command.addOption(option)
  }
  return program
}

/** Taken before and after the name of the command; the terminal knows it before either is parsed. */
function jsonOption(): Option {
  return new Option('--json', 'print one line of JSON')
}

function usageError(error: CommanderError, program: Command): CommandError {
  if (error.code === 'commander.help') {
    return new CommandError('usage', 'No command was given.', program.helpInformation().trimEnd(), error)
  }
  const [first = '', ...rest] = error.message.split('\n')
  const hint = [...rest, 'See: ragmeter --help'].join(' ')
  return new CommandError('usage', `${first.replace(/^error: /, '')}.`.replace(/\.\.$/, '.'), hint, error)
}
