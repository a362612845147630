/** What a PromQL expression selects and groups by, from its syntax tree. */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

export interface Selected {
  readonly metric: string
  readonly matchers: readonly { label: string; operator: string; value: string }[]
  /** Names of the functions and aggregations around it, the innermost first. */
  readonly within: readonly string[]
  readonly hasRange: boolean
  /** `5m`; of a selector with a range. */
  readonly range: string | undefined
  /** Labels kept by the aggregations around it, the innermost first; undefined for one without `by`. */
  readonly keptBy: readonly (readonly string[] | undefined)[]
  /** Labels that aggregations around it take away by `without`. */
  readonly dropped: readonly string[]
}

export interface Expression {
  /** Texts that are no PromQL. */
  readonly errors: readonly string[]
  readonly selected: readonly Selected[]
  /** Labels that are grouped or matched by, anywhere. */
  readonly grouped: readonly string[]
}

function childrenNamed(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = []
  node.cursor().iterate((inner) => {
    if (inner.name === name) found.push(inner.node)
  })
  return found
}

export function readExpression(text: string): Expression {
  const tree = parser.parse(text)
  const textOf = (node: SyntaxNode) => text.slice(node.from, node.to)
  const errors: string[] = []
  tree.iterate({
    enter: (node) => {
      if (node.type.isError) errors.push(`"${text.slice(node.from, node.to)}" at ${node.from}`)
    },
  })
  const matcherOf = (node: SyntaxNode) => {
    const [, label = '', operator = '', value = ''] =
      /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/.exec(textOf(node)) ?? []
    return { label, operator, value }
  }
  const selected = childrenNamed(tree.topNode, 'VectorSelector').map((node) => {
    const within: string[] = []
    const keptBy: (readonly string[] | undefined)[] = []
    const dropped: string[] = []
    let range: string | undefined
    for (let parent = node.parent; parent !== null; parent = parent.parent) {
      if (parent.name === 'MatrixSelector') range ??= /\[([^\]:]+)/.exec(textOf(parent))?.[1]
      if (parent.name === 'FunctionCall') within.push(textOf(parent).split('(')[0] ?? '')
      if (parent.name === 'AggregateExpr') {
        const modifier = parent.getChild('AggregateModifier')
        const labels = modifier === null ? undefined : childrenNamed(modifier, 'LabelName').map(textOf)
        const isWithout = modifier !== null && modifier.getChild('Without') !== null
        within.push(/^\w+/.exec(textOf(parent))?.[0] ?? '')
        keptBy.push(isWithout ? undefined : labels)
        if (isWithout) dropped.push(...(labels ?? []))
      }
    }
    const name = node.getChild('Identifier')
    return {
      metric: name === null ? '' : textOf(name),
      matchers: [
        ...childrenNamed(node, 'UnquotedLabelMatcher'),
        ...childrenNamed(node, 'QuotedLabelMatcher'),
      ].map(matcherOf),
      within,
      keptBy,
      dropped,
      hasRange: range !== undefined,
      range,
    }
  })
  const groupings = childrenNamed(tree.topNode, 'GroupingLabels')
  return {
    errors,
    selected,
    grouped: groupings.flatMap((node) => childrenNamed(node, 'LabelName').map(textOf)),
  }
}
