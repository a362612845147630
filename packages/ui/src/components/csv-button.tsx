/** Asks for more rows than a page shows, and hands them to the browser as a file. */
import { Button, Tooltip } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { describeError } from '../api/api-error.ts'
import { downloadCsv } from '../lib/csv.ts'

export interface CsvFile {
  name: string
  text: string
  /** What is not in it, though one would expect it. */
  note?: string
}

export interface CsvButtonProps {
  make: () => Promise<CsvFile>
  /** What will be in the file. */
  hint: string
  /** @default true */
  isEnabled?: boolean
}

export function CsvButton({ make, hint, isEnabled = true }: CsvButtonProps): ReactElement {
  const { mutate, isPending, error, data, reset } = useMutation({
    mutationFn: async () => {
      const file = await make()
      downloadCsv(file.name, file.text)
      return file
    },
  })
  const outcome = error === null ? data?.note : describeError(error).title
  return (
    <Tooltip label={outcome ?? hint} {...(outcome === undefined ? {} : { opened: true })}>
      <Button
        variant="default"
        leftSection={<IconDownload size={14} />}
        loading={isPending}
        disabled={!isEnabled}
        onClick={() => mutate()}
        onBlur={() => reset()}
        {...(error === null ? {} : { color: 'red' })}
      >
        {error === null ? 'CSV' : 'CSV failed: try again'}
      </Button>
    </Tooltip>
  )
}
