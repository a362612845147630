/** Alerts, recording rules and SLOs of ragmeter as data, and the Prometheus rules that follow from them. No I/O, no clock. */
export { describeAlert } from './alerts/annotations.ts'
export { ALERTS } from './alerts/catalogue/catalogue.ts'
export { formatValue } from './alerts/format-value.ts'
export { EXPLAINED_BY, PART_LABELS } from './alerts/inhibition.ts'
export { conditionPromql, thresholdValue } from './alerts/promql.ts'
export { signalPromql } from './alerts/promql-signal.ts'
export { labelsOf } from './alerts/signal.ts'
export type {
  Age,
  Always,
  Counted,
  Gauge,
  GaugeRatio,
  Increase,
  LabelCondition,
  Mean,
  Quantile,
  Rate,
  Ratio,
  Signal,
  Where,
} from './alerts/signal.ts'
export { COMPARISONS, daemonCondition, FAMILIES, mainComparison, SEVERITIES } from './alerts/specification.ts'
export type {
  AlertSpecification,
  All,
  AnyOf,
  Compare,
  Comparison,
  Condition,
  DescribedAlert,
  Family,
  PrometheusOnly,
  Severity,
  ValueFormat,
} from './alerts/specification.ts'
export { VALUE_FORMATS } from './alerts/specification.ts'
export { DEFAULT_CONFIGURATION } from './configuration/configuration.ts'
export type { Links, OpsConfiguration } from './configuration/configuration.ts'
export { THRESHOLDS } from './configuration/thresholds.ts'
export type { ThresholdDefinition, ThresholdKey, Thresholds } from './configuration/thresholds.ts'
export type { Budget } from './configuration/budgets.ts'
export { parseOpsConfiguration } from './configuration/parse-configuration.ts'
export type { OpsSections } from './configuration/parse-configuration.ts'
export { readObjects, SectionReader } from './configuration/section-reader.ts'
export type { ConfigurationIssue } from './configuration/section-reader.ts'
export { alertsOf, generateLogRuleFiles, generateRuleFiles } from './generate.ts'
export type { GeneratedFiles } from './generate.ts'
export { LOG_ALERTS } from './logs/log-alerts.ts'
export { chosenAlerts } from './configuration/alert-choices.ts'
export type { AlertChoices } from './configuration/alert-choices.ts'
export type { LogAlertSpecification } from './logs/log-alerts.ts'
export { DASHBOARD_UIDS, FILES, PORTS, SAMPLE_LIMIT, SCRAPE_JOB } from './names.ts'
export type { DashboardKey } from './names.ts'
export { alertLabels, runbookUrl } from './rules/alert-rules.ts'
export { renderPrometheusRule } from './rules/prometheus-rule.ts'
export { generatedHeading, renderRuleFile } from './rules/rule-file.ts'
export type { AlertRule, RecordingRule, RuleGroup } from './rules/rule-file.ts'
export { RECORDINGS } from './rules/recording-rules.ts'
export type { Recording } from './rules/recordings.ts'
export { parseScenarios } from './scenarios/parse-scenarios.ts'
export { minuteValues, scenarioMinutes } from './scenarios/scenario.ts'
export type {
  AlertState,
  Expectation,
  MinuteValue,
  Observations,
  Run,
  Scenario,
  ScenarioSeries,
  SeriesType,
  Transition,
} from './scenarios/scenario.ts'
export { BURN_WINDOWS_MINUTES } from './slo/burn-rate-alerts.ts'
export { DEFAULT_SLOS, errorBudget, sloErrorRatio, sloTotal } from './slo/slo.ts'
export type { Events, Slo } from './slo/slo.ts'
export { COMPAT_RULES, COMPAT_SYSTEMS } from './rules/compat-rules.ts'
export type { CompatSystem } from './rules/compat-rules.ts'
