/** Which labels the result of an expression has: what legends, links and vector matching rest on. */
import type { SyntaxNode } from '@lezer/common'
import { childrenOf, textOf } from '../syntax/syntax-tree.ts'
import { groupingOf, metricOf, parsePromql } from './syntax.ts'

/** Labels of a metric as Prometheus stores it. @throws Error if there is no such metric */
export type LabelsOfMetric = (metric: string) => ReadonlySet<string>

/** A scalar has none, and goes with every vector. */
type Labels = ReadonlySet<string> | 'scalar'

const SET_OPERATORS = new Set(['and', 'or', 'unless'])
const SCALARS = new Set(['time', 'scalar', 'pi'])
const WITHOUT_LABELS = new Set(['vector', 'absent', 'absent_over_time'])

function same(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return left.size === right.size && [...left].every((label) => right.has(label))
}

function listed(labels: ReadonlySet<string>): string {
  return `{${[...labels].sort().join(', ')}}`
}

class Inference {
  readonly #expression: string
  readonly #labelsOfMetric: LabelsOfMetric

  constructor(expression: string, labelsOfMetric: LabelsOfMetric) {
    this.#expression = expression
    this.#labelsOfMetric = labelsOfMetric
  }

  of(node: SyntaxNode): Labels {
    switch (node.name) {
      case 'VectorSelector':
        return this.#labelsOfMetric(metricOf(node, this.#expression))
      case 'NumberDurationLiteral':
      case 'StringLiteral':
        return 'scalar'
      case 'AggregateExpr':
        return this.#aggregation(node)
      case 'FunctionCall':
        return this.#call(node)
      case 'BinaryExpr':
        return this.#binary(node)
      default: {
        // Parentheses, signs, offsets, ranges and subqueries keep the labels of what they hold.
        const inner = node.name === 'UnaryExpr' ? node.lastChild : node.firstChild
        if (inner === null) throw new Error(`cannot tell the labels of ${textOf(node, this.#expression)}`)
        return this.of(inner)
      }
    }
  }

  #vector(node: SyntaxNode): ReadonlySet<string> {
    const labels = this.of(node)
    return labels === 'scalar' ? new Set() : labels
  }

  /** The last argument is the vector: quantiles, and how many, come before it. */
  #argument(node: SyntaxNode): SyntaxNode | undefined {
    const body = node.getChild('FunctionCallBody')
    return body === null ? undefined : childrenOf(body).at(-1)
  }

  #aggregation(node: SyntaxNode): Labels {
    const argument = this.#argument(node)
    const inner = argument === undefined ? new Set<string>() : this.#vector(argument)
    const operation = textOf(node.getChild('AggregateOp'), this.#expression)
    const modifier = node.getChild('AggregateModifier')
    if (operation === 'topk' || operation === 'bottomk') return inner
    const grouping = new Set(groupingOf(modifier, this.#expression))
    if (modifier?.getChild('Without')) return new Set([...inner].filter((label) => !grouping.has(label)))
    const missing = [...grouping].filter((label) => !inner.has(label))
    if (missing.length > 0)
      throw new Error(`${operation} by (${missing.join(', ')}) over series without it: ${this.#expression}`)
    return grouping
  }

  #call(node: SyntaxNode): Labels {
    const name = textOf(node.getChild('FunctionIdentifier'), this.#expression)
    if (SCALARS.has(name)) return 'scalar'
    if (WITHOUT_LABELS.has(name)) return new Set()
    const body = node.getChild('FunctionCallBody')
    const given = body === null ? [] : childrenOf(body)
    const found = given.map((argument) => this.of(argument)).find((labels) => labels !== 'scalar')
    if (found === undefined) return 'scalar'
    if (name !== 'histogram_quantile') return found
    if (!found.has('le')) throw new Error(`histogram_quantile needs le in: ${this.#expression}`)
    return new Set([...found].filter((label) => label !== 'le'))
  }

  #binary(node: SyntaxNode): Labels {
    const [left, ...others] = childrenOf(node)
    const right = others.at(-1)
    const operator = others.find(({ name }) => !['BoolModifier', 'MatchingModifierClause'].includes(name))
    if (left === undefined || right === undefined) throw new Error(`half an operation in ${this.#expression}`)
    const [first, second] = [this.of(left), this.of(right)]
    if (first === 'scalar') return second
    if (second === 'scalar') return first
    const clause = node.getChild('MatchingModifierClause')
    const isSet = SET_OPERATORS.has(textOf(operator, this.#expression))
    if (clause === null) {
      if (same(first, second)) return first
      throw new Error(`${listed(first)} never matches ${listed(second)} in: ${this.#expression}`)
    }
    const matched = new Set(groupingOf(clause, this.#expression))
    for (const label of matched)
      if (!first.has(label) || !second.has(label))
        throw new Error(`no ${label} to match on in: ${this.#expression}`)
    return isSet || clause.getChild('GroupLeft') !== null ? first : matched
  }
}

/**
 * @throws Error where series can never match, or a label is asked for that is not there
 */
export function resultLabels(expression: string, labelsOfMetric: LabelsOfMetric): ReadonlySet<string> {
  const labels = new Inference(expression, labelsOfMetric).of(parsePromql(expression))
  return labels === 'scalar' ? new Set() : labels
}
