/** Wraps a function so that each call is a request: for applications that measure by decorator. */
import type { LlmOperation } from '@ragmeter/core'
import type { ActiveTrace } from './active-trace.ts'
import { readResult, recordAnswer } from './read-result.ts'
import { watch } from './settle.ts'
import { isStream } from './stream-kind.ts'
import { traceCall } from './trace-call.ts'
import type { GenerationOptions, TraceOptions } from './trace.ts'
import type { Tracer } from './tracer.ts'

export interface MonitoredOptions<Arguments extends unknown[] = unknown[]> extends TraceOptions {
  /** Provider and model of the call that the function makes. @default what its result says */
  provider?: string
  model?: string
  /** What the model is called for. @default 'chat' */
  llmOperation?: LlmOperation
  /** Finds the question among the arguments. @default the first argument, if it is a text */
  query?: (...values: Arguments) => string
}

/**
 * @param tracer undefined when the client is disabled or closed
 * @returns a function with the same name, arguments, `this` and result
 */
export function monitorFunction<This, Arguments extends unknown[], Result>(
  tracer: () => Tracer | undefined,
  options: MonitoredOptions<Arguments>,
  run: (this: This, ...values: Arguments) => Result,
): (this: This, ...values: Arguments) => Result {
  if (typeof run !== 'function')
    throw new TypeError('monitor.monitored needs a function to wrap: monitored(options, run).')
  const generation = generationOptions(options)
  function monitored(this: This, ...values: Arguments): Result {
    const active = tracer()
    if (active === undefined) return run.apply(this, values)
    // A request inside a request is the same request: it is not counted twice.
    const current = active.current
    if (current !== undefined) return readCall(current, active, generation, () => run.apply(this, values))
    const trace = active.start(queryOf(options, values), options)
    return traceCall(trace, () => readCall(trace, active, generation, () => run.apply(this, values)))
  }
  Object.defineProperties(monitored, {
    name: { value: run.name, configurable: true },
    length: { value: run.length, configurable: true },
  })
  return monitored
}

function readCall<Result>(
  trace: ActiveTrace,
  tracer: Tracer,
  options: GenerationOptions,
  run: () => Result,
): Result {
  const startMs = tracer.monotonicNow()
  return watch(run, {
    done: (value) => {
      if (!isStream(value)) {
        readResult(trace, value, options)
        return value
      }
      let firstTokenMs: number | undefined
      return trace.follow(
        value,
        () => (firstTokenMs = tracer.monotonicNow() - startMs),
        (end) => recordAnswer(trace, end, options, {}, firstTokenMs),
      )
    },
    failed: () => undefined,
    lost: () => trace.lose(),
  })
}

function queryOf<Arguments extends unknown[]>(
  options: MonitoredOptions<Arguments>,
  values: Arguments,
): string {
  try {
    const query = options?.query === undefined ? values[0] : options.query(...values)
    return typeof query === 'string' ? query : ''
  } catch {
    return ''
  }
}

function generationOptions(options: MonitoredOptions<never>): GenerationOptions {
  try {
    const { provider, model, llmOperation } = options ?? {}
    return {
      ...(provider === undefined ? {} : { provider }),
      ...(model === undefined ? {} : { model }),
      ...(llmOperation === undefined ? {} : { operation: llmOperation }),
    }
  } catch {
    // Each request that starts with these options counts that they cannot be read.
    return {}
  }
}
