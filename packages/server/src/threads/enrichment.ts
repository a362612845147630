/** What enriching needs, made from the settings and from what the database keeps: prices and the key of pseudonyms. */
import { createRequire } from 'node:module'
import { createPriceBook } from '@ragmeter/core'
import type { PriceLibrary } from '@ragmeter/core'
import type { Enrichment } from '../enrich/enrich.ts'
import { createKeyedHash } from '../lib/keyed-hash.ts'
import type { Database } from '../lib/sqlite.ts'
import { ensurePseudonymKey } from '../store/sqlite/pseudonym-key.ts'
import type { WriterSettings } from './writer-messages.ts'

/** Required, not imported: the main thread has this file too, for history, and is 14 MB smaller without the prices. */
function loadPriceLibrary(): PriceLibrary {
  return createRequire(import.meta.url)('@pydantic/genai-prices') as PriceLibrary
}

export function createEnrichment(
  database: Database,
  { prices, costPer1kTokens }: Pick<WriterSettings, 'prices' | 'costPer1kTokens'>,
): Enrichment {
  return {
    prices: createPriceBook({
      library: loadPriceLibrary(),
      overrides: prices,
      ...(costPer1kTokens === null ? {} : { costPer1kTokens }),
    }),
    pseudonym: createKeyedHash(ensurePseudonymKey(database)),
  }
}
