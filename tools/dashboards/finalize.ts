/**
 * What the builders of Grafana leave undone, and Grafana answers with a lost panel or a hidden link: ids
 * (grafana#15229, grafana#117084), names of queries, places of panels, and fields of links that do not belong to them.
 */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { layOut } from './layout.ts'
import type { Size } from './layout.ts'

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
type JsonObject = Record<string, Json>

/** What a data link has; the builder writes the fields of a dashboard's link into it too. */
const DATA_LINK_FIELDS = ['title', 'url', 'targetBlank']

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : []
}

function object(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function pick(from: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([field]) => fields.includes(field)))
}

function without(from: JsonObject, ...fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(from).filter(([field]) => !fields.includes(field)))
}

/** A, B, ... Z: more queries no panel has. */
function refId(position: number): string {
  return String.fromCodePoint(65 + position)
}

function finalizePanel(panel: JsonObject, position: number): JsonObject {
  const id = position + 1
  if (panel['type'] === 'row') return { ...panel, id }
  const fieldConfig = object(panel['fieldConfig'])
  const defaults = object(fieldConfig['defaults'])
  const links = objects(defaults['links']).map((link) => pick(link, DATA_LINK_FIELDS))
  return {
    ...without(panel, 'repeatDirection', 'transparent'),
    id,
    targets: objects(panel['targets']).map((target, index) => ({ ...target, refId: refId(index) })),
    fieldConfig: { ...fieldConfig, defaults: { ...defaults, ...(links.length === 0 ? {} : { links }) } },
  }
}

function finalizePanels(panels: readonly JsonObject[]): JsonObject[] {
  const positions = layOut(panels.map(({ gridPos }) => object(gridPos) as JsonObject & Size))
  return panels.map((panel, index) => ({ ...finalizePanel(panel, index), gridPos: { ...positions[index] } }))
}

/** Lists keep their order, which means something; keys are sorted, so that a change of the builders shows as itself. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]))
}

/** The text of the file that Grafana provisions. */
export function finalize(dashboard: Dashboard): string {
  // Through JSON, which leaves out what is undefined.
  const json = JSON.parse(JSON.stringify(dashboard)) as JsonObject
  const templating = object(json['templating'])
  const annotations = object(json['annotations'])
  const complete: JsonObject = {
    ...json,
    id: null,
    panels: finalizePanels(objects(json['panels'])),
    // Without this, a link stands in a menu where nobody looks.
    links: objects(json['links']).map((link) => without(link, 'placement')),
    annotations: { list: objects(annotations['list']).map((annotation) => without(annotation, 'placement')) },
    templating: {
      list: objects(templating['list']).map((variable) =>
        without(variable, 'auto', 'auto_min', 'auto_count'),
      ),
    },
  }
  return `${JSON.stringify(sorted(complete), null, 2)}\n`
}
