/** Prices the calls of this client: overrides, then the flat price, then the library. */
import { createPriceBook } from '@ragmeter/core'
import type { PriceBook, PriceLibrary } from '@ragmeter/core'
import type { DiagnosticListener } from './diagnostics.ts'
import type { ResolvedOptions } from './options.ts'
import { lazyPriceLibrary, preloadPriceLibrary } from './price-library.ts'

export function createPrices(
  options: Pick<ResolvedOptions, 'prices' | 'costPer1kTokens'>,
  library: PriceLibrary | undefined,
  report: DiagnosticListener,
): PriceBook {
  if (library === undefined && options.costPer1kTokens === undefined) preloadPriceLibrary(report)
  return createPriceBook({
    library: library ?? lazyPriceLibrary(report),
    overrides: options.prices,
    ...(options.costPer1kTokens === undefined ? {} : { costPer1kTokens: options.costPer1kTokens }),
  })
}
