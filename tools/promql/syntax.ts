/** PromQL as a tree: where it is wrong, which series it selects, and by which functions they are read. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

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
  readonly readBy: readonly string[]
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

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

/** The top of an expression. @throws Error that shows where it is wrong */
export function parsePromql(expression: string): SyntaxNode {
  const tree = parser.parse(expression)
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError)
        throw new Error(`not PromQL from "${expression.slice(from, from + 30)}" on: ${expression}`)
    },
  })
  const top = tree.topNode.firstChild
  if (top === null) throw new Error('an empty expression')
  return top
}

function descendants(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  const own = node.name === name ? [node] : []
  return [...own, ...childrenOf(node).flatMap((child) => descendants(child, name))]
}

export function textOf(node: SyntaxNode | null | undefined, expression: string): string {
  return node === null || node === undefined ? '' : expression.slice(node.from, node.to)
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

function readersOf(node: SyntaxNode, expression: string): readonly string[] {
  const readers: string[] = []
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    if (parent.name === 'FunctionCall')
      readers.push(textOf(parent.getChild('FunctionIdentifier'), expression))
    if (parent.name === 'AggregateExpr') readers.push(textOf(parent.getChild('AggregateOp'), expression))
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
