/** The language that the SDK, the daemon, the ops pack and the UI share. No dependencies, no I/O, browser-safe. */
export type { ClientInfo, ParsedBatch, Resource } from './batch.ts'
export { CardinalityGuard } from './cardinality-guard.ts'
export type { CardinalityLimits, OverflowListener } from './cardinality-guard.ts'
export { findMetric, METRIC_LIST, METRICS } from './catalogue.ts'
export type { MetricKey } from './catalogue.ts'
export * as enums from './enums.ts'
export type {
  BudgetPeriod,
  CacheName,
  CostSource,
  DependencyKind,
  DropReason,
  ErrorType,
  FeedbackRating,
  KeptReason,
  LlmOperation,
  QualitySource,
  SamplingDecision,
  StageName,
  Status,
} from './enums.ts'
export { errorTypeOf } from './error-type.ts'
export { HTTP_ERRORS, ISSUES, RagmeterError } from './errors.ts'
export type { HttpErrorCode, IssueCode } from './errors.ts'
export type {
  CacheLookup,
  Feedback,
  Generation,
  Kept,
  QualityScore,
  RetrievedDocument,
  Rerank,
  Retrieval,
  Scalar,
  Stage,
  TraceEvent,
} from './event.ts'
export { ExponentialHistogram, HISTOGRAM_RELATIVE_ERROR } from './exponential-histogram.ts'
export { ExpositionHistory } from './exposition-history.ts'
export { CONTENT_TYPES, negotiateFormat, renderRegistry } from './exposition.ts'
export type { ExpositionFormat } from './exposition.ts'
export { createIdGenerator, timestampOfId } from './ids.ts'
export type { IdGenerator, RandomSource } from './ids.ts'
export type { ParseIssue } from './issue.ts'
export { dayOf, GENERATION_SUMS, hourOf, Ledger, REQUEST_SUMS } from './ledger.ts'
export type { GenerationRow, GenerationSums, LedgerRow, RequestRow, RequestSums } from './ledger.ts'
export { LabelTree } from './label-tree.ts'
export { LIMITS, OVERFLOW_VALUE } from './limits.ts'
export { answeringModel, measure, requestCost, weightOf } from './measure.ts'
export { unattributedCost } from './unattributed-cost.ts'
export { labelObject, labelValues, MeasurementBuffer } from './measurement-buffer.ts'
export type { DrainListener, MeasurementBufferOptions } from './measurement-buffer.ts'
export { DAY_MS, GAUGE_TIME_TO_LIVE_MS, HOUR_MS, MINUTE_MS, minuteOf } from './measurement.ts'
export type {
  CounterMeasurement,
  Exemplar,
  GaugeMeasurement,
  HistogramMeasurement,
  LabelValues,
  Measurement,
} from './measurement.ts'
export { memoise } from './memoise.ts'
export { defineMetrics, enumLabel, openLabel } from './metric.ts'
export type { LabelDefinition, MetricDefinition, MetricType } from './metric.ts'
export { isSelfHosted, normaliseModel, normaliseProvider, UNKNOWN_NAME } from './model-name.ts'
export { NANO_PER_USD, nanoUsd, usdOf } from './money.ts'
export { parseBatch, UNKNOWN_SERVICE } from './parse-batch.ts'
export { parseQuality, parseTrace, readTimestamp } from './parse-trace.ts'
export type { ParseContext } from './parse-trace.ts'
export { isObject, Reader, wellFormed } from './reader.ts'
export type { JsonObject } from './reader.ts'
export { CounterSeries, GaugeSeries, HistogramSeries, keepExemplar, Registry } from './registry.ts'
export type { Family, RegistryOptions, Series } from './registry.ts'
export { createPriceBook } from './price-book.ts'
export type { PriceBook, PriceBookOptions, PricedCall, PriceLibrary, PriceOverride } from './price-book.ts'
export type { RateBand, Rates } from './price-rates.ts'
export { traceToWire } from './serialise-trace.ts'
export type { Shared } from './serialise-trace.ts'
export { parseTimestamp } from './timestamp.ts'
export type { ParsedTimestamp } from './timestamp.ts'
export { normaliseUsage } from './token-usage.ts'
export type { TokenUsage } from './token-usage.ts'
