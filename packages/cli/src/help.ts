/** The parts of the help that commander does not write: examples, exit codes, where to read on. */
import { EXIT_CODES } from './exit-codes.ts'

const EXAMPLES = {
  ragmeter: [
    ['ragmeter start', 'start the daemon in the background'],
    ['ragmeter demo', 'send a short workload, to have something to look at'],
    ['ragmeter stats --period 1h', 'numbers of the last hour'],
    ['ragmeter status --json | jq .data', 'for programs'],
    ['ragmeter stop', ''],
  ],
  start: [
    ['ragmeter start', ''],
    ['ragmeter start --port 8080 --retention 30', 'another port, traces kept for 30 days'],
    ['ragmeter start --foreground', 'under systemd, in a container'],
    ['RAGMETER_TOKEN=... ragmeter start --host 0.0.0.0', 'open to the network, with a token'],
    ['ragmeter start --home /srv/other --port 7300', 'a second daemon'],
  ],
  stop: [
    ['ragmeter stop', 'finishes the requests under way, then ends'],
    ['ragmeter stop --force', 'kills a daemon that does not end within 5 seconds'],
  ],
  status: [
    ['ragmeter status', ''],
    ['ragmeter status --json', 'one line of JSON'],
    ['ragmeter status >/dev/null || ragmeter start', 'start it unless it runs'],
  ],
  stats: [
    ['ragmeter stats', 'the last 24 hours'],
    ['ragmeter stats --period 7d --service docs-assistant', 'one service, a week'],
  ],
  demo: [
    ['ragmeter demo', ''],
    ['ragmeter demo --requests 1000', ''],
  ],
  simulate: [
    ['ragmeter simulate --days 365', 'a year, to look at: then ragmeter start'],
    ['ragmeter simulate --days 30 --csv ./month', 'requests and daily totals as CSV'],
    ['ragmeter simulate --openmetrics year.om', 'for promtool tsdb create-blocks-from openmetrics'],
    ['ragmeter simulate --live', 'real traffic, until Ctrl-C'],
    ['ragmeter simulate --live --incident errors --push http://127.0.0.1:9091', ''],
  ],
  alerts: [
    ['ragmeter alerts list', 'what fires now, the worst first'],
    ['ragmeter alerts test my.alert-test.yaml', 'runs scenarios; needs no daemon'],
    [
      'ragmeter alerts silence --match service=docs --for 2h --author ada --comment "a migration"',
      'nobody is told for two hours',
    ],
    ['ragmeter alerts silence', 'lists the silences, with their ids'],
    ['ragmeter alerts silence --expire ID', 'ends a silence now'],
  ],
  slo: [['ragmeter slo', 'what is left of the error budgets']],
  rules: [
    ['ragmeter rules > ragmeter.rules.yml', 'rules for Prometheus, with the thresholds of ragmeter.yaml'],
    ['ragmeter rules --config other.yaml | promtool check rules', ''],
    ['ragmeter rules --kubernetes | kubectl -n ragmeter apply -f -', 'for the Prometheus operator'],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly [string, string])[]>>

export type HelpTopic = keyof typeof EXAMPLES

export function examplesOf(topic: HelpTopic): string {
  const examples: readonly (readonly [string, string])[] = EXAMPLES[topic]
  const width = Math.max(...examples.map(([line]) => line.length))
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}   ${what}`.trimEnd())
  return `\nExamples:\n${lines.join('\n')}`
}

export function exitCodesText(): string {
  const lines = Object.entries(EXIT_CODES).map(
    ([name, { code, meaning }]) => `  ${String(code).padStart(2)}  ${name.padEnd(17)}  ${meaning}`,
  )
  return `\nExit codes:\n${lines.join('\n')}`
}
