/** Signals as PromQL. */
import type { Counted, Gauge, LabelCondition, Ratio, Signal, Where } from './signal.ts'

/**
 * The selector of a recorded expression, if it is one: rules that read it are cheaper, and show what dashboards show.
 * `where` is what remains to be selected of its labels.
 */
export type FindRecording = (expression: string, where: Where) => string | undefined

const MINUTES_PER_HOUR = 60
const MINUTES_PER_DAY = 1440

/** A duration as Prometheus writes it: `90m`, `6h`, `30d`. @param minutes whole, above 0 */
export function durationText(minutes: number): string {
  if (minutes % MINUTES_PER_DAY === 0) return `${minutes / MINUTES_PER_DAY}d`
  if (minutes % MINUTES_PER_HOUR === 0) return `${minutes / MINUTES_PER_HOUR}h`
  return `${minutes}m`
}

/** A number as PromQL writes it, never in a form that it reads as a duration or a name. */
export function numberText(value: number): string {
  return String(value)
}

function escapeRegex(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

function matcher(label: string, condition: LabelCondition): string {
  if ('startsWith' in condition) return `${label}=~${quoted(`${escapeRegex(condition.startsWith)}.*`)}`
  const [values, one, several] = 'in' in condition ? [condition.in, '=', '=~'] : [condition.notIn, '!=', '!~']
  const [first = '', ...others] = values
  if (others.length === 0) return `${label}${one}${quoted(first)}`
  return `${label}${several}${quoted(values.map(escapeRegex).join('|'))}`
}

/** A selector such as `rag_requests_total{status!~"rejected|cancelled"}`. */
export function selector(metric: string, where: Where = {}, more: readonly string[] = []): string {
  const matchers = Object.entries(where).map(([label, condition]) => matcher(label, condition))
  const all = [...matchers, ...more]
  return all.length === 0 ? metric : `${metric}{${all.join(',')}}`
}

/** Prometheus 2 keeps the bound as it is exposed, `2` in text and `2.0` in OpenMetrics; Prometheus 3 writes `2.0`. */
function boundMatcher(bound: number): string {
  return Number.isInteger(bound) ? `le=~"${bound}|${bound}\\\\.0"` : `le="${bound}"`
}

function countedSelector({ metric, part, where, windowMinutes, offsetMinutes = 0 }: Counted): string {
  const window = `[${durationText(windowMinutes)}]`
  const offset = offsetMinutes === 0 ? '' : ` offset ${durationText(offsetMinutes)}`
  const selected =
    part === undefined
      ? selector(metric, where)
      : part === 'count'
        ? selector(`${metric}_count`, where)
        : selector(`${metric}_bucket`, where, [boundMatcher(part.atMost)])
  return `${selected}${window}${offset}`
}

function sumBy(by: readonly string[], expression: string): string {
  return `sum by (${by.join(', ')}) (${expression})`
}

function ratioExpression(ratio: Ratio): string {
  const { numerator, denominator, by, complement } = ratio
  const top = sumBy(by, `rate(${countedSelector(numerator)})`)
  const bottom = sumBy(by, `rate(${countedSelector(denominator)})`)
  // Where nothing of the numerator was ever counted it is zero, not unknown; nothing is divided by zero.
  const quotient = `(${top} or 0 * ${bottom}) / (${bottom} > 0)`
  return complement === true ? `1 - ${quotient}` : quotient
}

function gaugeExpression(gauge: Gauge): string {
  const { metric, where, over, windowMinutes, aggregate, by, sumBy: outer } = gauge
  const inner = `${aggregate} by (${by.join(', ')}) (${over}_over_time(${selector(metric, where)}[${durationText(windowMinutes)}]))`
  return outer === undefined ? inner : sumBy(outer, inner)
}

function written(signal: Signal): string {
  switch (signal.kind) {
    case 'increase':
    case 'rate':
      return sumBy(signal.by, `${signal.kind}(${countedSelector(signal.of)})`)
    case 'ratio':
      return ratioExpression(signal)
    case 'quantile': {
      const buckets = `rate(${selector(`${signal.metric}_bucket`, signal.where)}[${durationText(signal.windowMinutes)}])`
      return `histogram_quantile(${signal.quantile}, ${sumBy([...signal.by, 'le'], buckets)})`
    }
    case 'mean': {
      const rateOf = (suffix: string) =>
        sumBy(
          signal.by,
          `rate(${selector(`${signal.metric}_${suffix}`, signal.where)}[${durationText(signal.windowMinutes)}])`,
        )
      return `${rateOf('sum')} / (${rateOf('count')} > 0)`
    }
    case 'gauge':
      return gaugeExpression(signal)
    case 'gauge-ratio':
      return `${gaugeExpression(signal.numerator)} / (${gaugeExpression(signal.denominator)} != 0)`
    case 'age':
      return `time() - max by (${signal.by.join(', ')}) (${selector(signal.metric, signal.where)} > 0)`
    default:
      return 'vector(1)'
  }
}

/** Conditions on labels that the result has can be applied to it, so that a recording without them serves. */
function liftable(where: Where, by: readonly string[]): { inner: Where; lifted: Where } {
  const entries = Object.entries(where)
  return {
    inner: Object.fromEntries(entries.filter(([label]) => !by.includes(label))),
    lifted: Object.fromEntries(entries.filter(([label]) => by.includes(label))),
  }
}

function withoutLifted(signal: Signal): { bare: Signal; lifted: Where } {
  switch (signal.kind) {
    case 'quantile':
    case 'mean': {
      const { inner, lifted } = liftable(signal.where ?? {}, signal.by)
      return { bare: { ...signal, where: inner }, lifted }
    }
    case 'increase':
    case 'rate': {
      const { inner, lifted } = liftable(signal.of.where ?? {}, signal.by)
      return { bare: { ...signal, of: { ...signal.of, where: inner } }, lifted }
    }
    case 'gauge-ratio': {
      const { numerator, denominator } = signal
      const { inner, lifted } = liftable(numerator.where ?? {}, numerator.by)
      return {
        bare: {
          ...signal,
          numerator: { ...numerator, where: inner },
          denominator: { ...denominator, where: inner },
        },
        lifted,
      }
    }
    default:
      return { bare: signal, lifted: {} }
  }
}

/** A signal as a PromQL expression. @param findRecording the selector of a recorded expression */
export function signalPromql(signal: Signal, findRecording: FindRecording = () => undefined): string {
  const { bare, lifted } = withoutLifted(signal)
  return findRecording(written(bare), lifted) ?? written(signal)
}
