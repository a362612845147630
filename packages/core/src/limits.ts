/**
 * Every limit of ragmeter, in one place. What exceeds a limit is refused or folded, and counted, never
 * silently lost. Lengths of strings are in UTF-16 code units unless the name says bytes.
 */
export const LIMITS = {
  /** Compressed and plain size of one request body. Existing clients send up to 32 MB. */
  bodyBytesMax: 32 * 1024 * 1024,
  /** Size of one body after decompression: ten times the wire limit would let 32 MB of zeros claim the heap. */
  decompressedBytesMax: 64 * 1024 * 1024,
  /**
   * Values of JSON in one body: `{},{},` grows twentyfold when it is parsed, and 64 MB of it would take the memory of
   * the daemon. Dense batches of traces have one value in ten bytes or more.
   */
  jsonValuesMax: 4_000_000,
  /** Sum of the bodies that are being received, parsed or committed; above it the daemon answers 503. */
  inFlightBytesMax: 192 * 1024 * 1024,
  /** Requests waiting for a commit; above it the daemon answers 503. */
  inFlightRequestsMax: 4096,
  /** Traces in one batch. */
  tracesPerBatchMax: 100_000,
  /** Measurements in one batch. */
  measurementsPerBatchMax: 50_000,
  /** Ledger rows in one batch. */
  ledgerRowsPerBatchMax: 50_000,
  /** Issues of each severity that are reported; the rest is counted in `issues_omitted`. */
  issuesReportedMax: 100,

  idLengthMax: 128,
  traceIdLengthMax: 64,
  queryHashLengthMax: 256,
  nameLengthMax: 128,
  endpointLengthMax: 256,
  errorMessageLengthMax: 1024,
  commentLengthMax: 2048,
  documentIdLengthMax: 256,

  stagesPerTraceMax: 128,
  documentsPerTraceMax: 200,
  scoresPerRetrievalMax: 200,
  generationsPerTraceMax: 64,
  cachesPerTraceMax: 32,
  qualityPerTraceMax: 32,
  stageAttributesMax: 32,
  /**
   * Stages, generations, cache lookups and quality scores, each, that one request of the SDK is measured by. Its
   * trace keeps fewer, see above.
   */
  partsPerRequestMax: 10_000,

  metadataKeysMax: 32,
  metadataKeyBytesMax: 64,
  metadataValueBytesMax: 512,
  /** Declared dimensions that become exact breakdowns in the ledger. */
  dimensionsMax: 4,

  /** A latency above one week is a unit error, not a latency. */
  latencyMsMax: 7 * 24 * 3600 * 1000,
  /** A count (tokens, documents, characters) above this is a unit error. */
  countMax: 1_000_000_000,
  /** One request does not cost more than this: a million US dollars. */
  costUsdMax: 1_000_000,
  /** Clocks differ; a start further in the future than this is refused. */
  futureSkewMaxMs: 10 * 60 * 1000,
  /** Measurements and ledger rows older than the longest rollup are refused. */
  measurementAgeMaxMs: 730 * 24 * 3600 * 1000,

  /** The daemon knows for this long after its last batch which batches of a client it has stored. */
  clientMemoryMs: 30 * 24 * 3600 * 1000,
  /** An older batch is not sent again: the daemon may have stored it and forgotten that, and would count it twice. */
  batchAgeMaxMs: 29 * 24 * 3600 * 1000,

  /** Live series of one metric within one service. */
  seriesPerMetricAndServiceMax: 500,
  /** Live series in all. */
  seriesMax: 50_000,
  /** Distinct services one daemon serves. */
  servicesMax: 100,
  /** Distinct ledger keys per kind and day; the rest folds into `__other__`. */
  ledgerKeysPerDayMax: 100_000,
  /** Distinct ledger keys one SDK process holds between two flushes. */
  ledgerKeysPerFlushMax: 10_000,
} as const

/** The label value that stands for all values a guard did not admit. */
export const OVERFLOW_VALUE = '__other__'
