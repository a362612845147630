/** What the store needs of the configuration. */
import type { ServerConfig } from '../config.ts'
import type { WriterSettings } from './writer-messages.ts'

export function storeSettingsOf(config: ServerConfig): WriterSettings {
  const { db, retentionDays, bytesMax, dimensions, prices, costPer1kInputUsd, costPer1kOutputUsd } = config
  const costPer1kTokens =
    costPer1kInputUsd === undefined || costPer1kOutputUsd === undefined
      ? null
      : { inputUsd: costPer1kInputUsd, outputUsd: costPer1kOutputUsd }
  return { path: db, retentionDays, bytesMax, dimensions, prices, costPer1kTokens }
}
