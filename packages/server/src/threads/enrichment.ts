/** What enriching needs, made from the settings and from what the database keeps: prices and the key of pseudonyms. */
import * as genaiPrices from '@pydantic/genai-prices'
import { createPriceBook } from '@ragmeter/core'
import type { Enrichment } from '../enrich/enrich.ts'
import { createKeyedHash } from '../lib/keyed-hash.ts'
import type { Database } from '../lib/sqlite.ts'
import { ensurePseudonymKey } from '../store/sqlite/pseudonym-key.ts'
import type { WriterSettings } from './writer-messages.ts'

export function createEnrichment(
  database: Database,
  { prices, costPer1kTokens }: Pick<WriterSettings, 'prices' | 'costPer1kTokens'>,
): Enrichment {
  return {
    prices: createPriceBook({
      library: genaiPrices,
      overrides: prices,
      ...(costPer1kTokens === null ? {} : { costPer1kTokens }),
    }),
    pseudonym: createKeyedHash(ensurePseudonymKey(database)),
  }
}
