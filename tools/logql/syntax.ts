/** LogQL as a tree: where it is wrong, which streams it selects, and which fields of their lines it reads. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@grafana/lezer-logql'
import { childrenOf, descendants, faultOf, textOf } from '../syntax/syntax-tree.ts'

export interface LogMatcher {
  readonly label: string
  readonly operator: string
  readonly value: string
}

/** The lines that one part of an expression reads. */
export interface LogSelection {
  /** On the labels of streams, of which there must be few. */
  readonly streams: readonly LogMatcher[]
  /** Labels that are taken out of a line of JSON, with their paths in it. */
  readonly fields: ReadonlyMap<string, string>
  /** On labels of either kind, as texts; in the order in which they stand. */
  readonly filters: readonly LogMatcher[]
  /** The label that is read as a number. */
  readonly unwrapped: string | undefined
}

export interface LogQuery {
  readonly selections: readonly LogSelection[]
  /** The labels of each `by`. */
  readonly groupings: readonly (readonly string[])[]
}

/** @throws Error that shows where it is wrong */
export function readLogql(expression: string): LogQuery {
  const tree = parser.parse(expression)
  const fault = faultOf(tree, expression, 'LogQL')
  if (fault !== undefined) throw new Error(fault)
  const text = (node: SyntaxNode | undefined) => textOf(node, expression)
  const matchersIn = (node: SyntaxNode): readonly LogMatcher[] =>
    descendants(node, 'Matcher').map((matcher) => {
      const [label, operator, value] = childrenOf(matcher)
      return { label: text(label), operator: text(operator), value: text(value).slice(1, -1) }
    })
  const selectionOf = (selector: SyntaxNode): LogSelection => {
    const around = selector.parent ?? selector
    const pipeline = around.getChild('PipelineExpr')
    const unwrap = around.getChild('UnwrapExpr')
    const stages = [pipeline, unwrap].filter((node) => node !== null)
    const extractions = stages.flatMap((node) => descendants(node, 'LabelExtractionExpression'))
    return {
      streams: matchersIn(selector),
      fields: new Map(
        extractions.map((one) => {
          const [label, , path] = childrenOf(one)
          return [text(label), text(path).slice(1, -1)]
        }),
      ),
      filters: stages.flatMap(matchersIn),
      unwrapped: unwrap === null ? undefined : unwrappedIn(unwrap, expression),
    }
  }
  const top = tree.topNode
  return {
    selections: descendants(top, 'Selector').map(selectionOf),
    groupings: descendants(top, 'Grouping').map((node) => descendants(node, 'Identifier').map(text)),
  }
}

function unwrappedIn(node: SyntaxNode, expression: string): string | undefined {
  const innermost = descendants(node, 'UnwrapExpr').at(-1)
  const label = innermost?.getChild('Identifier')
  return label === null || label === undefined ? undefined : textOf(label, expression)
}
