/** LogQL as a tree: where it is wrong, which streams it selects, and which fields of their lines it reads. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@grafana/lezer-logql'

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

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

function descendants(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  const own = node.name === name ? [node] : []
  return [...own, ...childrenOf(node).flatMap((child) => descendants(child, name))]
}

/** @throws Error that shows where it is wrong */
export function readLogql(expression: string): LogQuery {
  const tree = parser.parse(expression)
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError)
        throw new Error(`not LogQL from "${expression.slice(from, from + 30)}" on: ${expression}`)
    },
  })
  const textOf = (node: SyntaxNode | null | undefined) =>
    node === null || node === undefined ? '' : expression.slice(node.from, node.to)
  const matchersIn = (node: SyntaxNode): readonly LogMatcher[] =>
    descendants(node, 'Matcher').map((matcher) => {
      const [label, operator, value] = childrenOf(matcher)
      return { label: textOf(label), operator: textOf(operator), value: textOf(value).slice(1, -1) }
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
          return [textOf(label), textOf(path).slice(1, -1)]
        }),
      ),
      filters: stages.flatMap(matchersIn),
      unwrapped: unwrap === null ? undefined : unwrappedIn(unwrap, textOf),
    }
  }
  const top = tree.topNode
  return {
    selections: descendants(top, 'Selector').map(selectionOf),
    groupings: descendants(top, 'Grouping').map((node) => descendants(node, 'Identifier').map(textOf)),
  }
}

function unwrappedIn(node: SyntaxNode, textOf: (node: SyntaxNode | undefined) => string): string | undefined {
  const innermost = descendants(node, 'UnwrapExpr').at(-1)
  return innermost === undefined
    ? undefined
    : textOf(childrenOf(innermost).find(({ name }) => name === 'Identifier'))
}
