/** Measures every request of a RAG application and ships traces and exact measurements to ragmeter. */
export type {
  CacheName,
  DependencyKind,
  LlmOperation,
  PriceOverride,
  QualitySource,
  RetrievedDocument,
  Scalar,
  StageName,
  Status,
} from '@ragmeter/core'
export type { Diagnostic, DiagnosticListener } from './diagnostics.ts'
export type { Dependency, RateLimit, StoreSize } from './gauges.ts'
export { traceFields } from './logger.ts'
export type { LoggerOptions, RequestFields, RequestLogger, ResponseFields, TraceFields } from './logger.ts'
export type { MetricsOptions, MetricsPage, TextRegistry } from './metrics-page.ts'
export type { MetricsHandler, MetricsServer, MetricsServerOptions } from './metrics-server.ts'
export { MonitorClient } from './monitor-client.ts'
export type { MonitorSettings } from './monitor-settings.ts'
export type { MonitoredOptions } from './monitored.ts'
export { OPTIONS } from './options.ts'
export type { MonitorOptions, OptionDefinition } from './options.ts'
export type { JobRun, PushTarget } from './push-metrics.ts'
export type {
  EndOptions,
  GenerationOptions,
  GenerationRecord,
  RerankOptions,
  RerankRecord,
  RetrievalOptions,
  RetrievalRecord,
  StageOptions,
  StageRecord,
  Trace,
  TraceOptions,
} from './trace.ts'
export { traceContextOf } from './traceparent.ts'
export type { HeaderSource } from './traceparent.ts'
export type { Delivery, SealedBatch, Transport } from './transport.ts'
