/** A file of what the filter finds, with the columns that are shown. */
import { Button, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactElement } from 'react'
import { describeError } from '../../api/api-error.ts'
import { csvOf, downloadCsv } from '../../lib/csv.ts'
import { useSearchText } from '../../lib/url-state.ts'
import { columnsOf } from './list/columns.ts'
import { fetchAll } from './trace-queries.ts'
import type { TraceParameters } from './trace-types.ts'

export function CsvButton({
  parameters,
  isEnabled,
}: {
  parameters: TraceParameters
  isEnabled: boolean
}): ReactElement {
  const { cols } = useSearchText() as { cols?: string }
  const [isBusy, setBusy] = useState(false)
  const [note, setNote] = useState<string>()
  const write = async () => {
    setBusy(true)
    setNote(undefined)
    try {
      const { rows, isWhole } = await fetchAll(parameters)
      const columns = columnsOf(cols)
      const header = ['timestamp', 'id', ...columns.map(({ key }) => key)]
      const lines = rows.map((trace) => [
        new Date(trace.timestamp).toISOString(),
        trace.id,
        ...columns.map((column) => column.value(trace)),
      ])
      const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '')
      downloadCsv(`traces-${stamp}Z.csv`, csvOf(header, lines))
      if (!isWhole) setNote(`The newest ${rows.length.toLocaleString('en')} traces; there are more`)
    } catch (error) {
      setNote(describeError(error).title)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Tooltip
      label={note ?? 'What the filter finds, with these columns: up to 10,000 traces'}
      {...(note === undefined ? {} : { opened: true })}
    >
      <Button
        variant="default"
        leftSection={<IconDownload size={16} />}
        loading={isBusy}
        disabled={!isEnabled}
        onClick={() => void write()}
        onBlur={() => setNote(undefined)}
      >
        CSV
      </Button>
    </Tooltip>
  )
}
