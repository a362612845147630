/** A dashboard as data. */
import type { DashboardKey } from '@ragmeter/ops'
import type { PanelSpecification } from './panel.ts'

/** A list of values of a label, to choose from. */
export interface VariableSpecification {
  readonly name: string
  readonly label: string
  /** As `label_values(metric, label)`. */
  readonly query: string
}

export interface RowSpecification {
  /** undefined: the panels stand without a heading. */
  readonly title?: string
  readonly panels: readonly PanelSpecification[]
}

export interface DashboardSpecification {
  readonly key: DashboardKey
  readonly title: string
  readonly description: string
  /** Start of the range that it opens with, such as `now-6h`. */
  readonly from: string
  /** @default '30s' */
  readonly refresh?: string
  readonly variables: readonly VariableSpecification[]
  readonly rows: readonly RowSpecification[]
}

export const SERVICE: VariableSpecification = {
  name: 'service',
  label: 'Service',
  query: 'label_values(rag_requests_total, service)',
}
