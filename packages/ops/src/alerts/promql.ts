/** Alert conditions as PromQL. */
import type { ThresholdKey, Thresholds } from '../configuration/thresholds.ts'
import { labelsOf } from './signal.ts'
import { mainComparison } from './specification.ts'
import type { Compare, Condition } from './specification.ts'
import { numberText, signalPromql } from './promql-signal.ts'
import type { FindRecording } from './promql-signal.ts'

export function thresholdValue(threshold: ThresholdKey | number, thresholds: Thresholds): number {
  return typeof threshold === 'number' ? threshold : thresholds[threshold]
}

function isOperation(expression: string): boolean {
  // Operators outside of every parenthesis bind weaker than the comparison around them might expect.
  let depth = 0
  for (const character of expression) {
    if (character === '(' || character === '{' || character === '[') depth += 1
    else if (character === ')' || character === '}' || character === ']') depth -= 1
    else if (depth === 0 && /[-+*/]/.test(character)) return true
  }
  return false
}

function grouped(expression: string): string {
  return isOperation(expression) ? `(${expression})` : expression
}

function comparePromql(compare: Compare, thresholds: Thresholds, findRecording: FindRecording): string {
  const { signal, comparison, threshold } = compare
  const value = numberText(thresholdValue(threshold, thresholds))
  return `${grouped(signalPromql(signal, findRecording))} ${comparison} ${value}`
}

/** A condition as a PromQL expression: the labels and the value of its first comparison, where it holds. */
export function conditionPromql(
  condition: Condition,
  thresholds: Thresholds,
  findRecording: FindRecording = () => undefined,
): string {
  if (condition.kind === 'compare') return comparePromql(condition, thresholds, findRecording)
  const parts = condition.of.map((part) => {
    const text = conditionPromql(part, thresholds, findRecording)
    return part.kind === 'compare' ? text : `(${text})`
  })
  if (condition.kind === 'any') return parts.join(' or ')
  const [first = '', ...guards] = parts
  const guarded = condition.of.slice(1).map((guard, position) => {
    const labels = labelsOf(mainComparison(guard).signal)
    return ` and on (${labels.join(', ')}) (${guards[position] ?? ''})`
  })
  return first + guarded.join('')
}

/** An expression that is written out, with its thresholds. @param expression `{threshold:key}` stands for one */
export function withThresholds(expression: string, thresholds: Thresholds): string {
  return expression.replaceAll(/\{threshold:(\w+)\}/g, (_, key: ThresholdKey) => numberText(thresholds[key]))
}
