/** The numbers that alerts compare with: one list, of which the section `thresholds` of ragmeter.yaml overrides some. */

export type ThresholdUnit = 'seconds' | 'ratio' | 'usd' | 'count' | 'per second' | 'times'

export interface ThresholdDefinition {
  readonly default: number
  readonly unit: ThresholdUnit
  /** Bounds, inclusive. */
  readonly min: number
  readonly max: number
  readonly doc: string
  /** Compared with a quantile of this histogram, which is only as fine as its buckets: must be one of its bounds. */
  readonly bucketOf?: string
}

const REQUEST = 'rag_request_duration_seconds'
const STAGE = 'rag_stage_duration_seconds'
const DEPENDENCY = 'rag_dependency_request_duration_seconds'

function seconds(value: number, bucketOf: string, doc: string): ThresholdDefinition {
  return { default: value, unit: 'seconds', min: 0.001, max: 3600, doc, bucketOf }
}

function age(value: number, doc: string): ThresholdDefinition {
  return { default: value, unit: 'seconds', min: 60, max: 30 * 86_400, doc }
}

function ratio(value: number, doc: string): ThresholdDefinition {
  return { default: value, unit: 'ratio', min: 0, max: 1, doc }
}

function count(value: number, doc: string): ThresholdDefinition {
  return { default: value, unit: 'count', min: 1, max: 1e12, doc }
}

function usd(value: number, doc: string): ThresholdDefinition {
  return { default: value, unit: 'usd', min: 0.01, max: 1e9, doc }
}

function perSecond(value: number, doc: string): ThresholdDefinition {
  return { default: value, unit: 'per second', min: 0.0001, max: 1e6, doc }
}

/** All thresholds, by the key they have in ragmeter.yaml. */
export const THRESHOLDS = {
  trafficMin: count(
    20,
    'Valid requests, stages, or calls, in 5 minutes below which ratios and quantiles alert nobody.',
  ),
  cacheLookupsMin: count(50, 'Cache lookups in 5 minutes below which a hit ratio alerts nobody.'),
  qualityScoresMin: count(20, 'Scores in an hour below which their mean alerts nobody.'),
  retrievalsMin: count(20, 'Retrievals in 30 minutes below which the share of empty ones alerts nobody.'),
  usualTrafficMin: count(
    10,
    'Requests in the same hour of the day before, below which silence alerts nobody.',
  ),
  busyTrafficMin: count(
    180,
    'Requests at this hour of the day before, above which a low rate is a fall: five times what lowQueryRate lets pass.',
  ),
  sloHourlyMin: count(30, 'Events in an hour below which a fast burn of an error budget pages nobody.'),
  sloSixHourlyMin: count(60, 'Events in six hours below which a slow burn of an error budget alerts nobody.'),

  latencyInfo: seconds(1, REQUEST, 'p95 latency of requests, info.'),
  latencyWarning: seconds(2, REQUEST, 'p95 latency of requests, warning.'),
  latencyCritical: seconds(5, REQUEST, 'p95 latency of requests, critical.'),
  retrievalLatency: seconds(0.5, STAGE, 'p95 latency of the stage retrieval, warning.'),
  generationLatency: seconds(2, STAGE, 'p95 latency of the stage generation, warning.'),
  databaseLatency: seconds(0.5, DEPENDENCY, 'p95 latency of calls to a database, warning.'),

  errorRatioInfo: ratio(0.01, 'Share of valid requests that failed, info.'),
  errorRatioWarning: ratio(0.05, 'Share of valid requests that failed, warning.'),
  errorRatioHigh: ratio(0.1, 'Share of valid requests that failed, critical after five minutes.'),
  errorRatioCritical: ratio(0.2, 'Share of valid requests that failed, critical after one minute.'),
  apiErrorRatio: ratio(0.05, 'Share of the HTTP responses of a route with a code of 500 or more.'),
  llmErrorRatio: ratio(0.1, 'Share of the calls of a model that failed.'),
  databaseErrorRatio: ratio(0.05, 'Share of the calls to a database that failed.'),

  highQueryRate: perSecond(50, 'Requests per second above which traffic is unusual, info.'),
  lowQueryRate: perSecond(
    0.01,
    'Requests per second below which a service that usually has traffic has none.',
  ),
  silence: age(1800, 'Seconds without a request, at an hour that usually has some.'),
  inFlight: count(100, 'Requests being processed at once.'),

  cacheHitRatioInfo: ratio(0.5, 'Hit ratio of a cache, info.'),
  cacheHitRatioWarning: ratio(0.3, 'Hit ratio of a cache, warning.'),

  dailySpend: usd(100, 'Dollars for language models in the last 24 hours, by service.'),
  budgetWarning: ratio(0.8, 'Share of a monthly budget that is spent, warning.'),
  costSpikeTimes: {
    default: 4,
    unit: 'times',
    min: 1.1,
    max: 24,
    doc: 'How many times the mean hour of the last day the last hour may cost.',
  },
  costSpikeMin: usd(5, 'Dollars in the last hour below which a cost spike alerts nobody.'),

  rateLimitRequestsLeft: count(100, 'Requests left in the rate-limit window of a model.'),
  rateLimitHeadroom: ratio(0.1, 'Share left of a rate limit.'),

  memoryFactsWarning: count(100_000, 'Facts in memory, warning.'),
  memoryFactsCritical: count(500_000, 'Facts in memory, critical.'),
  vectorStorePoints: count(1_000_000, 'Points of a vector collection.'),
  graphStoreEntities: count(100_000, 'Entities of a graph store.'),
  storeStatsAge: age(900, 'Seconds since the sizes of a store were last read.'),

  relevance: ratio(0.7, 'Mean relevance score within an hour.'),
  contextPrecision: ratio(0.6, 'Mean context precision within an hour.'),
  emptyRetrievalRatio: ratio(0.2, 'Share of retrievals that found nothing.'),
  stalledRequestsMin: count(200, 'Requests in two hours without a single quality score.'),

  errorLogRate: perSecond(0.1, 'Log lines of level error or fatal per second, by service.'),
  orgErrorLogs: count(20, 'Log lines of level error or fatal in 5 minutes, by service and org.'),
  orgLatency: {
    default: 5,
    unit: 'seconds',
    min: 0.001,
    max: 3600,
    doc: 'p95 latency of the responses that are logged, by service and org.',
  },
  usualLogLines: count(
    60,
    'Log lines in the same hour of the day before, below which silence alerts nobody.',
  ),

  batchJobIntervals: {
    default: 1.5,
    unit: 'times',
    min: 1,
    max: 100,
    doc: 'How many times its expected interval a batch job may be late.',
  },
  droppedRate: perSecond(0.1, 'Telemetry items dropped per second.'),
  seriesShare: ratio(0.8, 'Share of the series limit of a metric that is used.'),
  scrapeSamples: count(680_000, 'Samples of a scrape: 80 % of the sample_limit of the scrape configuration.'),
} as const satisfies Record<string, ThresholdDefinition>

/** Thresholds that must not be below the ones before them: a warning beyond its critical alert would come too late to warn. */
export const THRESHOLD_TIERS = [
  ['latencyInfo', 'latencyWarning', 'latencyCritical'],
  ['errorRatioInfo', 'errorRatioWarning', 'errorRatioHigh', 'errorRatioCritical'],
  ['cacheHitRatioWarning', 'cacheHitRatioInfo'],
  ['memoryFactsWarning', 'memoryFactsCritical'],
] as const satisfies readonly (readonly (keyof typeof THRESHOLDS)[])[]

export type ThresholdKey = keyof typeof THRESHOLDS

/** A number for every key. */
export type Thresholds = Readonly<Record<ThresholdKey, number>>

export const DEFAULT_THRESHOLDS = Object.fromEntries(
  Object.entries(THRESHOLDS).map(([key, { default: value }]) => [key, value]),
) as Thresholds
