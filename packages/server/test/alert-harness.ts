/** Alerts over the real writer and the real queries, with a clock and a receiver of the test's own. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DEFAULT_CONFIGURATION } from '@ragmeter/ops'
import type { OpsConfiguration } from '@ragmeter/ops'
import { AlertEngine } from '../src/alerts/engine.ts'
import { createNotifiers } from '../src/alerts/notify/notifiers.ts'
import { answerOf } from '../src/api/views.ts'
import type { NotifierConfiguration } from '../src/lib/notifier-configuration.ts'
import { Secret } from '../src/lib/secret.ts'
import type { JournalEntry } from '../src/rollup/rollup.ts'
import { AlertTables } from '../src/store/sqlite/alert-tables.ts'
import type { Store } from '../src/store/store.ts'
import { flatTrace } from './flat-trace.ts'
import { createHarness } from './writer-harness.ts'
import type { Harness } from './writer-harness.ts'

const externalUrl = () => 'http://ragmeter'
export const MINUTE = 60_000
const START = Date.UTC(2026, 10, 21, 12)

interface Received {
  path: string
  authorization: string | undefined
  body: Record<string, unknown> & { alerts?: { status: string; labels: Record<string, string> }[] }
}

export class AlertHarness {
  /** Epoch milliseconds. */
  now = START
  readonly harness: Harness
  readonly received: Received[] = []
  /** Status and headers of the next answers; then 200. */
  answers: { status: number; headers?: Record<string, string> }[] = []
  readonly problems: unknown[] = []
  readonly outcomes: string[] = []
  #url = ''
  #engine: AlertEngine | undefined
  readonly #receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Received['body']
      this.received.push({ path: request.url ?? '', authorization: request.headers.authorization, body })
      const { status, headers } = this.answers.shift() ?? { status: 200 }
      response.writeHead(status, headers).end('{}')
    })
  })
  readonly store: Pick<Store, 'query' | 'writeAlerts'> = {
    query: (name, parameters) =>
      Promise.resolve(answerOf(name, parameters, this.harness.query(name, parameters) as never)),
    writeAlerts: (write) => {
      new AlertTables(this.harness.database).write(write)
      return Promise.resolve()
    },
  }

  constructor() {
    this.harness = createHarness({ receivedAt: () => this.now })
  }

  static async create(): Promise<AlertHarness> {
    const created = new AlertHarness()
    await created.#listen()
    return created
  }

  get engine(): AlertEngine {
    if (this.#engine === undefined) throw new Error('the engine has not been started')
    return this.#engine
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#receiver.listen(0, '127.0.0.1', resolve)
    })
    this.#url = `http://127.0.0.1:${(this.#receiver.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.[Symbol.asyncDispose]()
    await new Promise((resolve) => {
      this.#receiver.close(resolve)
      this.#receiver.closeAllConnections()
    })
    this.harness[Symbol.dispose]()
  }

  webhook(more: Partial<NotifierConfiguration> = {}): NotifierConfiguration {
    return {
      name: 'pager',
      type: 'webhook',
      severities: ['critical', 'warning'],
      sendResolved: true,
      repeatMinutes: 240,
      url: new Secret('the test', () => `${this.#url}/hook`),
      bearerToken: new Secret('the test', () => 'secret-token'),
      ...more,
    } as NotifierConfiguration
  }

  /** Without objectives only alerts of one family fire here. */
  async start(
    notifiers: readonly NotifierConfiguration[] = [this.webhook()],
    configuration: Partial<OpsConfiguration> = {},
  ): Promise<void> {
    this.#engine = new AlertEngine({
      store: this.store,
      configuration: { ...DEFAULT_CONFIGURATION, slos: [], ...configuration },
      notifiers: createNotifiers(notifiers, { fetch, now: () => this.now, externalUrl }),
      externalUrl,
      report: { accepted: () => undefined, dropped: () => undefined, took: () => undefined },
      beforeRound: () => Promise.resolve(),
      onProblem: (error) => this.problems.push(error),
      onAttempt: (notifier, outcome) => this.outcomes.push(`${notifier} ${outcome}`),
      now: () => this.now,
      random: () => 0,
    })
    await this.#engine.load()
  }

  /** Sends requests of the minute that begins now, and goes on to the next one. */
  send(traces: readonly object[]): void {
    const { entry, seen, report } = this.harness.send({ resource: { service: 'docs' }, traces })
    const { measurements, gauges } = JSON.parse(entry ?? '{"measurements":[],"gauges":[]}') as JournalEntry
    this.engine.committed({ measurements, gauges, seen, report })
    this.now += MINUTE
  }

  minute(failed: number, succeeded: number): void {
    this.send(
      Array.from({ length: failed + succeeded }, (_, i) =>
        flatTrace(`${this.now}-${i}`, { timestamp: this.now + i, success: i >= failed, metadata: null }),
      ),
    )
  }

  async failFor(minutes: number): Promise<void> {
    for (let i = 0; i < minutes; i += 1) {
      this.minute(10, 10)
      await this.engine.round()
    }
  }

  async succeedFor(minutes: number): Promise<void> {
    for (let i = 0; i < minutes; i += 1) {
      this.minute(0, 40)
      await this.engine.round()
    }
  }

  stateOf(name: string): string | undefined {
    return this.engine.status().alerts.find(({ alert }) => alert.name === name)?.state
  }
}
