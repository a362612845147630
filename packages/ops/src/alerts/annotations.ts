/** What an alert says: once as a template of Prometheus, once as the finished text. */
import type { ThresholdKey, Thresholds, ThresholdUnit } from '../configuration/thresholds.ts'
import { THRESHOLDS } from '../configuration/thresholds.ts'
import { formatValue, VALUE_TEMPLATES } from './format-value.ts'
import type { DescribedAlert, ValueFormat } from './specification.ts'

const PLACEHOLDER = /\{(?:threshold:)?(\w+)\}/g
const THRESHOLD_PREFIX = '{threshold:'

const FORMATS: Readonly<Record<ThresholdUnit, ValueFormat>> = {
  ratio: 'percent',
  seconds: 'duration',
  usd: 'usd',
  'per second': 'rate',
  times: 'times',
  count: 'count',
}

/** A threshold in its unit: 5%, 2s, $100.00. */
function thresholdText(key: ThresholdKey, thresholds: Thresholds): string {
  return formatValue(thresholds[key], FORMATS[THRESHOLDS[key].unit])
}

function filled(
  alert: DescribedAlert,
  thresholds: Thresholds,
  value: string,
  label: (name: string) => string,
): string {
  return alert.description.replaceAll(PLACEHOLDER, (whole, name: string) => {
    if (whole.startsWith(THRESHOLD_PREFIX)) return thresholdText(name as ThresholdKey, thresholds)
    return name === 'value' ? value : label(name)
  })
}

/** The description as a template of Prometheus. */
export function descriptionTemplate(alert: DescribedAlert, thresholds: Thresholds): string {
  return filled(alert, thresholds, VALUE_TEMPLATES[alert.valueFormat], (name) => `{{ $labels.${name} }}`)
}

/** The description of one firing alert. A label it does not have is empty, as in Prometheus. */
export function describeAlert(
  alert: DescribedAlert,
  thresholds: Thresholds,
  labels: Readonly<Record<string, string>>,
  value: number,
): string {
  return filled(alert, thresholds, formatValue(value, alert.valueFormat), (name) => labels[name] ?? '')
}
