/** Asks for more rows than a table shows, and hands them to the browser as a file. */
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { describeError } from '../../api/api-error.ts'
import { downloadCsv } from '../../lib/csv.ts'

export interface CsvButtonProps {
  fileName: string
  /** Text of the file. */
  make: () => Promise<string>
}

export function CsvButton({ fileName, make }: CsvButtonProps): ReactElement {
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => downloadCsv(fileName, await make()),
  })
  return (
    <Button
      variant="default"
      leftSection={<IconDownload size={14} />}
      loading={isPending}
      onClick={() => mutate()}
      {...(error === null ? {} : { color: 'red', title: describeError(error).title })}
    >
      {error === null ? 'CSV' : 'CSV failed: try again'}
    </Button>
  )
}
