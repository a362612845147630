/** A file of what the filter finds, with the columns that are shown. */
import type { ReactElement } from 'react'
import { CsvButton } from '../../components/csv-button.tsx'
import type { CsvFile } from '../../components/csv-button.tsx'
import { csvOf } from '../../lib/csv.ts'
import { useSearchText } from '../../lib/url-state.ts'
import { columnsOf } from './list/columns.ts'
import { TRACES_MAX, fetchAll } from './trace-queries.ts'
import type { TraceParameters } from './trace-types.ts'

export interface TraceCsvProps {
  parameters: TraceParameters
  isEnabled: boolean
}

export function TraceCsv({ parameters, isEnabled }: TraceCsvProps): ReactElement {
  const { cols } = useSearchText() as { cols?: string }
  return (
    <CsvButton
      hint={`What the filter finds, with these columns: up to ${TRACES_MAX.toLocaleString('en')} traces`}
      isEnabled={isEnabled}
      make={() => fileOf(parameters, columnsOf(cols))}
    />
  )
}

async function fileOf(parameters: TraceParameters, columns: ReturnType<typeof columnsOf>): Promise<CsvFile> {
  const { rows, isWhole } = await fetchAll(parameters)
  const header = ['timestamp', 'id', ...columns.map(({ key, fileHeading }) => fileHeading ?? key)]
  const lines = rows.map((trace) => [
    new Date(trace.timestamp).toISOString(),
    trace.id,
    ...columns.map((column) => column.value(trace)),
  ])
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '')
  return {
    name: `traces-${stamp}Z.csv`,
    text: csvOf(header, lines),
    ...(isWhole ? {} : { note: `The newest ${rows.length.toLocaleString('en')} traces; there are more` }),
  }
}
