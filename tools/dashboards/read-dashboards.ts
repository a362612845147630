/** The committed dashboards, as far as tests look at them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Target {
  expr: string
  refId: string
  legendFormat: string
  format: string
  instant?: boolean
  range?: boolean
  exemplar: boolean
  datasource: { type: string; uid: string }
}

export interface GridPosition {
  x: number
  y: number
  w: number
  h: number
}

export interface Panel {
  id: number
  type: string
  title: string
  description?: string
  datasource?: { type: string; uid: string }
  gridPos: GridPosition
  targets?: Target[]
  options?: { calculate?: boolean }
  fieldConfig?: {
    defaults: {
      unit?: string
      noValue?: string
      thresholds?: { steps: { value: number | null; color: string }[] }
      links?: { title: string; url: string; targetBlank: boolean }[]
    }
  }
}

export interface Variable {
  name: string
  type: string
  label: string
  query: string | { query: string }
  definition?: string
  multi: boolean
  includeAll: boolean
  allValue?: string
  refresh?: number
  datasource?: { type: string; uid: string }
}

export interface Dashboard {
  id: null
  uid: string
  title: string
  description: string
  tags: string[]
  editable: boolean
  schemaVersion: number
  refresh: string
  panels: Panel[]
  templating: { list: Variable[] }
  annotations: { list: { name: string; expr: string; datasource: { uid: string } }[] }
  links: { title: string; type: string; url?: string; placement?: string }[]
}

/** Below the root of the repository. */
export const DASHBOARD_FOLDER = 'deploy/grafana/dashboards'

const folder = join(import.meta.dirname, '../..', DASHBOARD_FOLDER)

/** By the name of the file, without `.json`. */
export function readDashboards(): readonly (readonly [string, Dashboard])[] {
  return readdirSync(folder).map((file) => {
    const dashboard: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    return [file.replace('.json', ''), dashboard as Dashboard]
  })
}

/** Panels that ask something: all but the headings of rows. */
export function queryingPanels({ panels }: Dashboard): readonly Panel[] {
  return panels.filter(({ type }) => type !== 'row')
}
