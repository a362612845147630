/** All rows of a breakdown as a file: more than the table shows. */
import { api, dataOf } from '../../api/client.ts'
import type { CsvFile } from '../../components/csv-button.tsx'
import { costCsv, csvName } from './cost-csv.ts'
import type { CostState } from './cost-state.ts'
import { EXPORT_ROWS_MAX, parametersOf } from './ledger-queries.ts'

export async function costFile({ days, group, filters }: CostState): Promise<CsvFile> {
  const query = parametersOf({ days, group, filters, limit: EXPORT_ROWS_MAX })
  const answer = await dataOf(api.GET('/api/v1/ledger', { params: { query } }))
  return { name: csvName(group, days), text: costCsv(answer, group) }
}
