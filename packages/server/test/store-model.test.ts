import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { storeCommands } from './store-commands.ts'
import { StoreModel } from './store-model.ts'
import { createHarness } from './writer-harness.ts'

it('Writer and queries equal a model in plain lists, whatever is sent, resent, late, and wherever it crashes or fails', () => {
  const now = Date.now()
  fc.assert(
    fc.property(storeCommands, (commands) => {
      using harness = createHarness({ receivedAt: () => now })
      const model = new StoreModel(now)
      fc.modelRun(() => ({ model, real: harness }), commands)
      harness.writer.fold(now)
      model.compareTables(harness)
      expect(harness.database.prepare('SELECT count(*) AS n FROM measurement_journal').get()).toEqual({
        n: 0,
      })
    }),
    { numRuns: 60 },
  )
}, 60_000)
