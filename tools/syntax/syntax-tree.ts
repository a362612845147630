/** Trees of expressions, whatever their language: walking them, and where they are wrong. */
import type { SyntaxNode, Tree } from '@lezer/common'

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child)
  return children
}

/** All nodes of a name, itself among them, in the order in which they stand. */
export function descendants(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  const own = node.name === name ? [node] : []
  return [...own, ...childrenOf(node).flatMap((child) => descendants(child, name))]
}

export function textOf(node: SyntaxNode | null | undefined, expression: string): string {
  return node === null || node === undefined ? '' : expression.slice(node.from, node.to)
}

/** Where an expression is wrong; undefined for one that is right. @param language its name, for the message */
export function faultOf(tree: Tree, expression: string, language: string): string | undefined {
  let wrongFrom: number | undefined
  tree.iterate({
    enter: ({ type, from }) => {
      if (type.isError) wrongFrom ??= from
    },
  })
  return wrongFrom === undefined
    ? undefined
    : `not ${language} from "${expression.slice(wrongFrom, wrongFrom + 30)}" on: ${expression}`
}
