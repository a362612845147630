/** Asks for all rows and hands them to the browser as a file. */
import { useMutation } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import { downloadCsv } from '../../lib/csv.ts'
import { costCsv, csvName } from './cost-csv.ts'
import type { CostState } from './cost-state.ts'
import { EXPORT_ROWS_MAX, parametersOf } from './ledger-queries.ts'

export interface Export {
  save: () => void
  isPending: boolean
  error: unknown
}

export function useExport({ days, group, filters }: CostState): Export {
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const query = parametersOf({ days, group, filters, limit: EXPORT_ROWS_MAX })
      const answer = await dataOf(api.GET('/api/v1/ledger', { params: { query } }))
      downloadCsv(csvName(group, days), costCsv(answer, group))
    },
  })
  return { save: () => mutate(), isPending, error }
}
