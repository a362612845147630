/** The price library, loaded when it is first needed: importing it takes 25 ms and 5 MB. */
import { createRequire } from 'node:module'
import type { PriceLibrary } from '@ragmeter/core'
import type { DiagnosticListener } from './diagnostics.ts'

const PACKAGE = '@pydantic/genai-prices'

/** What is used when the library cannot be loaded: it knows no price, so calls are unpriced, never free. */
const NO_PRICES: PriceLibrary = { calcPrice: () => null, findProvider: () => undefined }

let loaded: PriceLibrary | undefined

/** Synchronous, so that the first call of a process is priced like every other. */
function load(report: DiagnosticListener): PriceLibrary {
  if (loaded !== undefined) return loaded
  try {
    return (loaded = createRequire(import.meta.url)(PACKAGE) as PriceLibrary)
  } catch (error) {
    report({
      code: 'prices_unavailable',
      message: `${PACKAGE} does not load (${error instanceof Error ? error.message.split('\n', 1)[0] : 'unknown error'}): calls without a price of your own are unpriced.`,
      hint: `In a bundle, pass it: new MonitorClient(options, { priceLibrary: await import('${PACKAGE}') }).`,
    })
    return NO_PRICES
  }
}

/** @returns a library that is loaded at its first use */
export function lazyPriceLibrary(report: DiagnosticListener): PriceLibrary {
  let library: PriceLibrary | undefined
  const use = () => (library ??= load(report))
  return {
    calcPrice: (usage, model, options) => use().calcPrice(usage, model, options),
    findProvider: (options) => use().findProvider(options),
  }
}

/** Loads the library while nobody waits for it, so that the first request that is priced need not. */
export function preloadPriceLibrary(report: DiagnosticListener): void {
  setImmediate(() => load(report)).unref()
}
