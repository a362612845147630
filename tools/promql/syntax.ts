/** PromQL as a tree: where it is wrong, which series it selects, and by which functions they are read. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { childrenOf, descendants, faultOf, textOf } from '../syntax/syntax-tree.ts'

export interface Matcher {
  readonly label: string
  readonly operator: string
  readonly value: string
}

export interface Selector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
  /** As written, such as `5m`; undefined for the last value. */
  readonly range: string | undefined
  /** Functions and aggregations around it, the innermost first. */
  readonly readBy: readonly Reader[]
}

/** A function, or an aggregation with the labels it keeps or takes away. */
export interface Reader {
  readonly name: string
  readonly isAggregation: boolean
  readonly by: readonly string[] | undefined
  readonly without: readonly string[] | undefined
}

/** Values that Grafana puts in, for what stands in an expression as a number or a duration. */
const MACROS: readonly (readonly [RegExp, string])[] = [
  [/\$__rate_interval\b/g, '5m'],
  [/\$__range\b/g, '6h'],
  [/\$__interval\b/g, '1m'],
]

/** An expression as Prometheus would get it; variables stand within quotes and may stay. */
export function withoutMacros(expression: string): string {
  return MACROS.reduce((text, [macro, value]) => text.replaceAll(macro, value), expression)
}

/** Where an expression is wrong; undefined for one that Prometheus would take. */
export function syntaxFault(expression: string): string | undefined {
  return faultOf(parser.parse(expression), expression, 'PromQL')
}

/** The top of an expression. @throws Error that shows where it is wrong */
export function parsePromql(expression: string): SyntaxNode {
  const fault = syntaxFault(expression)
  if (fault !== undefined) throw new Error(fault)
  const top = parser.parse(expression).topNode.firstChild
  if (top === null) throw new Error('an empty expression')
  return top
}

export function metricOf(selector: SyntaxNode, expression: string): string {
  return textOf(selector.getChild('Identifier'), expression)
}

function matchersOf(selector: SyntaxNode, expression: string): readonly Matcher[] {
  return descendants(selector, 'UnquotedLabelMatcher').map((matcher) => ({
    label: textOf(matcher.getChild('LabelName'), expression),
    operator: textOf(matcher.getChild('MatchOp'), expression),
    value: textOf(matcher.getChild('StringLiteral'), expression).slice(1, -1),
  }))
}

/** Labels of `by (…)`, `without (…)` or `on (…)`; none if it has no list. */
export function groupingOf(clause: SyntaxNode | null, expression: string): readonly string[] {
  const grouping = clause?.getChild('GroupingLabels') ?? null
  return grouping === null ? [] : childrenOf(grouping).map((label) => textOf(label, expression))
}

function aggregationOf(node: SyntaxNode, expression: string): Reader {
  const modifier = node.getChild('AggregateModifier')
  const labels = modifier === null ? undefined : groupingOf(modifier, expression)
  const isWithout = modifier !== null && modifier.getChild('Without') !== null
  return {
    name: textOf(node.getChild('AggregateOp'), expression),
    isAggregation: true,
    by: isWithout ? undefined : labels,
    without: isWithout ? labels : undefined,
  }
}

function readersOf(node: SyntaxNode, expression: string): readonly Reader[] {
  const readers: Reader[] = []
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (parent.name === 'FunctionCall') {
      const name = textOf(parent.getChild('FunctionIdentifier'), expression)
      readers.push({ name, isAggregation: false, by: undefined, without: undefined })
    }
    if (parent.name === 'AggregateExpr') readers.push(aggregationOf(parent, expression))
  }
  return readers
}

export function selectorsOf(expression: string): readonly Selector[] {
  return descendants(parsePromql(expression), 'VectorSelector').map((selector) => {
    const matrix = selector.parent?.name === 'MatrixSelector' ? selector.parent : null
    return {
      metric: metricOf(selector, expression),
      matchers: matchersOf(selector, expression),
      range: matrix === null ? undefined : textOf(matrix.getChild('DurationExpr'), expression),
      readBy: readersOf(selector, expression),
    }
  })
}
