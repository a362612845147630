/** What an operator chooses about rules and alerts, with a default for everything. */
import { DEFAULT_SLOS } from '../slo/slo.ts'
import type { Slo } from '../slo/slo.ts'
import type { AlertChoices } from './alert-choices.ts'
import type { Budget } from './budgets.ts'
import { DEFAULT_THRESHOLDS } from './thresholds.ts'
import type { Thresholds } from './thresholds.ts'

/** Where the links of an alert lead; without a slash at the end. */
export interface Links {
  /** Folder with a file `<Alert>.md` for each alert. */
  readonly runbooks: string
  readonly grafana: string
  /** The daemon's web application; undefined is where the daemon listens. */
  readonly ragmeter: string | undefined
}

export interface OpsConfiguration {
  readonly thresholds: Thresholds
  /** By the names of alerts; those that are not there are as the catalogue has them. */
  readonly alerts: AlertChoices
  readonly slos: readonly Slo[]
  readonly budgets: readonly Budget[]
  readonly links: Links
}

export const DEFAULT_CONFIGURATION: OpsConfiguration = {
  thresholds: DEFAULT_THRESHOLDS,
  alerts: {},
  slos: DEFAULT_SLOS,
  budgets: [],
  links: {
    runbooks: 'https://github.com/ragmeter/ragmeter/blob/main/docs/runbooks',
    grafana: 'http://localhost:3000',
    ragmeter: undefined,
  },
}
