/** What the pointer reads: built of nodes with text, so that no name of a model or a user is ever markup. */
import { formatValue } from '../../lib/format.ts'
import { formatDay, formatStep, zoneName } from '../../lib/format-time.ts'
import type { ChartOption } from './echarts.ts'
import type { ChartModel } from './model.ts'
import type { Look } from './option.ts'
import { colourOf, INKS } from './palette.ts'
import classes from './tooltip.module.css'

const ROWS_MAX = 12
const BANDS_MAX = 4

export function tooltipOf(model: ChartModel, look: Look): NonNullable<ChartOption['tooltip']> {
  const ink = INKS[look.scheme]
  return {
    trigger: 'axis',
    confine: true,
    transitionDuration: 0,
    backgroundColor: ink.ground,
    borderColor: ink.line,
    textStyle: { color: ink.text, fontSize: 12 },
    padding: 10,
    formatter: (given) => {
      const first = Array.isArray(given) ? given[0] : given
      const at = Number((first?.value as number[] | undefined)?.[0])
      const index = model.steps.indexOf(at)
      // The crosshair is shared by the charts of a page; their numbers would hide each other.
      if (!look.isHovered() || index < 0) return ''
      return contentOf(model, index, look)
    },
  }
}

function contentOf(model: ChartModel, index: number, look: Look): HTMLElement {
  const at = model.steps[index] ?? 0
  const head = element('div', classes['head'], headOf(model, at, look))
  const rows = model.kind === 'heat' ? heatRows(model, index) : lineRows(model, index, look)
  const root = element('div', classes['root'])
  root.append(head, ...rows.slice(0, ROWS_MAX))
  if (rows.length > ROWS_MAX)
    root.append(element('div', classes['head'], `${rows.length - ROWS_MAX} more in the table`))
  root.append(...bandRows(model, at))
  return root
}

/** What the step covers: its numbers are of all of it. */
function headOf({ isCalendar, stepMs }: ChartModel, at: number, { zone }: Look): string {
  return isCalendar === true ? `${formatDay(at)} UTC` : `${formatStep(at, stepMs, zone)} ${zoneName(zone)}`
}

/** Alerts that fired within the step. */
function bandRows({ bands = [], stepMs }: ChartModel, at: number): HTMLElement[] {
  const within = bands.filter(({ from, to }) => from < at + stepMs && to > at)
  const names = new Set(within.map(({ label }) => label))
  return Array.from(names, (name) => element('div', classes['band'], `${name} fired`)).slice(0, BANDS_MAX)
}

function lineRows(model: ChartModel, index: number, look: Look): HTMLElement[] {
  return model.lines.map((line, position) => {
    const mark = element('span', classes['mark'])
    if (model.kind !== 'state') mark.style.backgroundColor = colourOf(position, line.tone, look.scheme)
    return row(mark, line.name, formatValue(line.values[index], line.unit ?? model.unit))
  })
}

function heatRows({ heat, unit }: ChartModel, index: number): HTMLElement[] {
  const column = heat?.columns[index] ?? []
  return column
    .map((count, position) => ({ count, bound: heat?.bounds[position] ?? null }))
    .filter(({ count }) => count > 0)
    .toReversed()
    .map(({ count, bound }) =>
      row(
        element('span', ''),
        bound === null ? 'more' : `≤ ${formatValue(bound, unit)}`,
        formatValue(count, 'count'),
      ),
    )
}

function row(mark: HTMLElement, name: string, value: string): HTMLElement {
  const line = element('div', classes['row'])
  line.append(mark, element('span', classes['name'], name), element('b', classes['value'], value))
  return line
}

function element(tag: string, className: string | undefined, text = ''): HTMLElement {
  const node = document.createElement(tag)
  node.className = className ?? ''
  node.textContent = text
  return node
}
